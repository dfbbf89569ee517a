//! Helper programs that ask, by way of a profile, for themselves.
//!
//! Each is told by a variable which helpers it was started under. Without that, a profile whose helper asks for the same
//! profile starts processes until the machine has no more.

use std::path::Path;

use super::program;
use crate::settings::Setting;
use crate::{Env, Error, Secret};

/// The variable: `name#fingerprint` of each helper on the way, the outermost first, with commas between them.
pub(super) const VARIABLE: &str = "AUTHCTL_EXEC_CHAIN";

/// The same for the reference.
pub(super) const TOLD: Setting =
    Setting::new("told", "set for a helper program: the helpers it runs under, so that none runs under itself")
        .with_variables(&[VARIABLE]);

/// What is said of a circle.
const CIRCLE: &str = "helper programs call each other in a circle";

/// More helpers than this under each other are a cycle whose arguments change.
const DEEPEST: usize = 8;

/// The chain with one more helper at its end: what the helper is told.
///
/// A helper is the same if its name, program and arguments are; the variable holds a fingerprint of them, because arguments
/// may be secret.
///
/// # Errors
/// [`Misconfigured`](crate::ErrorKind::Misconfigured) with the names on the way, if it is there already.
pub(super) fn descend(env: &Env, name: Option<&str>, path: &Path, args: &[Secret]) -> Result<String, Error> {
    let above = env.choice(VARIABLE)?.map(|(value, _)| value).unwrap_or_default();
    let above: Vec<&str> = above.split(',').filter(|entry| !entry.is_empty()).collect();
    let own = entry(name, path, args);
    let is_cycle = above.contains(&own.as_str());
    if is_cycle || above.len() >= DEEPEST {
        // The round itself, if there is one, and what of it can be shown.
        let from = above.iter().position(|entry| *entry == own).unwrap_or(0);
        let names: Vec<String> = above[from..].iter().chain([&own.as_str()]).map(|entry| name_of(entry)).collect();
        let round = match names.as_slice() {
            [first, .., last] if names.len() > 6 => format!("{first} -> ({} more) -> {last}", names.len() - 2),
            names => names.join(" -> "),
        };
        let what = if is_cycle { CIRCLE } else { "too many helpers call each other" };
        return Err(Error::misconfigured(message(what, &round)));
    }
    Ok([above.join(","), own].iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(","))
}

fn message(what: &str, round: &str) -> String {
    format!("{what}: {round}; change the profile of one of them")
}

/// What a helper that failed has told of a circle below it, in the words above: the one who finds it is not the one who is
/// asked by a person. Nothing else of a helper's words is ever repeated, and of these only what names are made of, if the
/// round begins and ends with one of `chain`, which the helper was given.
pub(super) fn told(last_words: &[u8], chain: &str) -> Option<String> {
    let text = String::from_utf8_lossy(last_words);
    let (_, told) = text.rsplit_once(CIRCLE)?;
    let round = told.strip_prefix(": ")?.split(';').next()?;
    let is_name = |name: &str| {
        let fits = |c: char| c.is_alphanumeric() || " ._-()@+".contains(c);
        (1..=LONGEST_NAME).contains(&name.chars().count()) && name.chars().all(fits)
    };
    let names: Vec<&str> = round.split(" -> ").collect();
    if !(2..=6).contains(&names.len()) || !names.iter().all(|name| is_name(name)) {
        return None;
    }
    let is_ours = |name: &str| chain.split(',').any(|entry| name_of(entry) == name);
    if names.first() == names.last() && names.first().is_some_and(|name| is_ours(name)) {
        return Some(message(CIRCLE, round));
    }
    Some(message(CIRCLE, &format!("below {}", name_of(chain.rsplit(',').next()?))))
}

fn entry(name: Option<&str>, path: &Path, args: &[Secret]) -> String {
    let shown = name.map_or_else(|| program::shown(path), str::to_owned);
    let path = path.display().to_string();
    let args = args.iter().map(Secret::expose);
    let whole: Vec<&str> = [name.unwrap_or_default(), &path].into_iter().chain(args).collect();
    format!("{}#{}", name_of(&shown), Secret::new(whole.join("\0")).fingerprint())
}

/// Enough to tell names apart.
const LONGEST_NAME: usize = 24;

/// The part for people. The variable may come from anywhere.
fn name_of(entry: &str) -> String {
    let name = entry.split('#').next().unwrap_or_default();
    name.chars().map(|c| if c == ',' || c.is_control() { '_' } else { c }).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn below(above: &str, name: Option<&str>, program: &str, arg: &str) -> Result<String, Error> {
        descend(&Env::of([(VARIABLE, above)]), name, Path::new(program), &[Secret::new(arg)])
    }

    #[test]
    fn a_helper_under_itself_is_told_the_circle() {
        let one = below("", None, "/bin/authctl", "--token=secret-a").unwrap();
        let two = below(&one, Some("profile b"), "/bin/authctl", "--token=secret-b").unwrap();
        assert!(!two.contains("secret"), "{two}");
        let error = below(&two, None, "/bin/authctl", "--token=secret-a").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured);
        assert!(error.to_string().contains("authctl -> profile b -> authctl"), "{error}");
        let inner = below(&two, Some("profile b"), "/bin/authctl", "--token=secret-b").unwrap_err();
        assert!(inner.to_string().contains(": profile b -> profile b;"), "what leads there is no part of it: {inner}");
    }

    #[test]
    fn what_is_told_of_a_circle_is_repeated_and_nothing_else() {
        let one = below("", Some("a b"), "/bin/x", "1").unwrap();
        let error = below(&one, Some("a b"), "/bin/x", "1").unwrap_err().to_string();
        let words = format!("tok-secret\nerror: profile p: {error}\nfatal: tok-secret\n");
        assert_eq!(told(words.as_bytes(), &one).unwrap(), error, "and so on to the next one above");
        let invented = format!("{CIRCLE}: Session ended. Run -> tok-secret; x");
        let below = told(invented.as_bytes(), &one).unwrap();
        assert!(below.contains("in a circle: below a b;") && !below.contains("tok"), "{below}");
        for other in ["", "in a circle", &format!("{CIRCLE}: tok"), &format!("{CIRCLE}: a -> t\u{1b}[1m; x")] {
            assert_eq!(told(other.as_bytes(), &one), None, "{other}");
        }
        assert_eq!(told(format!("{CIRCLE}: a -> {}; x", "t".repeat(25)).as_bytes(), &one), None);
        assert_eq!(told(format!("{CIRCLE}: {}b; x", "a -> ".repeat(6)).as_bytes(), &one), None);
    }

    #[test]
    fn the_same_program_with_other_arguments_is_no_circle_until_it_is_too_deep() {
        let mut above = String::new();
        for depth in 0..DEEPEST {
            above = below(&above, None, "tool", &depth.to_string()).unwrap();
        }
        let error = below(&above, None, "tool", "another").unwrap_err();
        assert!(error.to_string().contains("too many"), "{error}");
    }

    #[test]
    fn whatever_the_variable_holds_the_message_stays_one_short_line() {
        let own = entry(None, Path::new("tool"), &[Secret::new("x")]);
        for above in
            [format!("{},{own}", "ü\n".repeat(5000)), format!("{own},{}", "a,".repeat(5000)), ",,#,".repeat(50) + &own]
        {
            let message = below(&above, None, "tool", "x").unwrap_err().to_string();
            assert!(message.len() < 300 && !message.contains('\n'), "{message}");
        }
    }
}
