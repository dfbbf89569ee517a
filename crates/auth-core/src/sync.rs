//! The pointer, the mutex and the atomics that the cache's shell is built on, from one place, so that a model checker
//! can stand in for them: loom under `--cfg auth_loom`, shuttle under `--cfg auth_shuttle`.

#[cfg(not(any(auth_loom, auth_shuttle)))]
mod imp {
    pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use std::sync::{Arc, MutexGuard, PoisonError};

    use arc_swap::ArcSwapOption;

    /// A mutex that a panic elsewhere doesn't spoil: what it guards is changed by code that doesn't panic half-way.
    #[derive(Debug, Default)]
    pub(crate) struct Mutex<T>(std::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(std::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// A shared pointer that is read without a lock.
    #[derive(Debug)]
    pub(crate) struct Pointer<T>(ArcSwapOption<T>);

    impl<T> Pointer<T> {
        pub(crate) fn empty() -> Self {
            Self(ArcSwapOption::empty())
        }

        /// Looks at what is there now, without taking a share of it.
        #[inline]
        pub(crate) fn with<R>(&self, look: impl FnOnce(Option<&Arc<T>>) -> R) -> R {
            look(self.0.load().as_ref())
        }

        pub(crate) fn load(&self) -> Option<Arc<T>> {
            self.0.load_full()
        }

        /// Puts another there, and takes what was.
        pub(crate) fn swap(&self, value: Option<Arc<T>>) -> Option<Arc<T>> {
            self.0.swap(value)
        }
    }
}

/// A model checker sees its own mutex and atomics, but not into arc-swap; the pointer is a mutex there, which has the same
/// visible behaviour (a load sees the latest store).
#[cfg(any(auth_loom, auth_shuttle))]
mod imp {
    #[cfg(auth_loom)]
    use loom as checker;
    #[cfg(auth_shuttle)]
    use shuttle as checker;

    pub(crate) use checker::sync::atomic::{AtomicBool, AtomicU64, Ordering};

    use std::sync::Arc;

    use checker::sync::MutexGuard;

    #[derive(Debug)]
    pub(crate) struct Mutex<T>(checker::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(checker::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
        }
    }

    #[derive(Debug)]
    pub(crate) struct Pointer<T>(Mutex<Option<Arc<T>>>);

    impl<T> Pointer<T> {
        pub(crate) fn empty() -> Self {
            Self(Mutex::new(None))
        }

        pub(crate) fn with<R>(&self, look: impl FnOnce(Option<&Arc<T>>) -> R) -> R {
            let value = self.load();
            look(value.as_ref())
        }

        pub(crate) fn load(&self) -> Option<Arc<T>> {
            self.0.lock().clone()
        }

        pub(crate) fn swap(&self, value: Option<Arc<T>>) -> Option<Arc<T>> {
            std::mem::replace(&mut *self.0.lock(), value)
        }
    }
}

pub(crate) use imp::{AtomicBool, AtomicU64, Mutex, Ordering, Pointer};
