//! Answers in the order in which they are given out.

use std::sync::{Arc, Mutex};

/// A row of answers, each good for a number of calls.
pub(crate) struct Script<T> {
    answers: Mutex<Vec<(Option<u32>, T)>>,
    complaints: Complaints,
    of: &'static str,
}

impl<T: Clone> Script<T> {
    /// `times` says how many calls an answer is good for, `None` for all that follow.
    pub(crate) fn new(
        of: &'static str,
        answers: &[T],
        times: impl Fn(&T) -> Option<u32>,
        complaints: &Complaints,
    ) -> Self {
        let answers = answers.iter().map(|answer| (times(answer), answer.clone())).collect();
        Self { answers: Mutex::new(answers), complaints: complaints.clone(), of }
    }

    /// The first answer that fits and is not used up. None is a fault of what is tested: the case says which calls it
    /// foresees.
    pub(crate) fn next(&self, fits: impl Fn(&T) -> bool) -> Option<T> {
        let mut answers = self.answers.lock().unwrap();
        let found = answers.iter_mut().find(|(left, answer)| *left != Some(0) && fits(answer));
        let Some((left, answer)) = found else {
            self.complaints.add(format!("a call of the {} that the case does not foresee", self.of));
            return None;
        };
        if let Some(left) = left {
            *left -= 1;
        }
        Some(answer.clone())
    }
}

/// What the scripted parts have to say against what is tested; the next step reports it.
#[derive(Clone, Default)]
pub(crate) struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    pub(crate) fn add(&self, complaint: String) {
        self.0.lock().unwrap().push(complaint);
    }

    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().unwrap().pop()
    }
}
