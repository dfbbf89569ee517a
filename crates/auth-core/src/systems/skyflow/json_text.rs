//! The text of a credentials.json that went through a shell or a .env file.

use zeroize::Zeroizing;

/// The text with the line breaks of a PEM block as JSON wants them, if it has such: whoever expands `\n` in a variable gets a
/// string with raw line breaks in it, which JSON does not allow. Strings other than a PEM block are left as they are.
pub(super) fn with_escaped_line_breaks(text: &str) -> Option<Zeroizing<String>> {
    // All its room at once: growing would leave a copy behind that nobody wipes.
    let breaks = text.bytes().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    let mut escaped = Zeroizing::new(String::with_capacity(text.len() + breaks));
    let (mut inside, mut is_pem, mut is_escape, mut changed) = (false, false, false, false);
    for (at, c) in text.char_indices() {
        match c {
            '\n' | '\r' if inside && is_pem => {
                escaped.push_str(if c == '\n' { "\\n" } else { "\\r" });
                changed = true;
                is_escape = false;
                continue;
            }
            '"' if !is_escape => {
                inside = !inside;
                is_pem = text[at + 1..].trim_start().starts_with("-----BEGIN");
            }
            _ => {}
        }
        is_escape = inside && c == '\\' && !is_escape;
        escaped.push(c);
    }
    changed.then_some(escaped)
}

/// A PEM block with real line breaks, where they were escaped once too often. A backslash has no place in PEM, so that
/// nothing is lost.
pub(super) fn with_real_line_breaks(pem: &str) -> Zeroizing<String> {
    Zeroizing::new(pem.replace("\\r", "\r").replace("\\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str) -> Option<String> {
        with_escaped_line_breaks(text).map(|text| text.to_string())
    }

    #[test]
    fn only_the_line_breaks_inside_a_pem_block_are_escaped() {
        let text = "{\n\"a\":\"\\\"\",\r\n\"privateKey\":\"-----BEGIN X-----\r\nYQ\n-----END X-----\n\"\n}";
        let expect = "{\n\"a\":\"\\\"\",\r\n\"privateKey\":\"-----BEGIN X-----\\r\\nYQ\\n-----END X-----\\n\"\n}";
        assert_eq!(escaped(text).as_deref(), Some(expect));
        assert_eq!(escaped("{\"clientID\":\"a\nb\"}"), None);
        assert_eq!(escaped("{\"a\":\n\"-----BEGIN\"}"), None);
        assert_eq!(escaped("{\"a\":\"\\\\\",\"b\":\"\n\"}"), None);
        assert_eq!(escaped("\"-----BEGIN \\\n\"").as_deref(), Some("\"-----BEGIN \\\\n\""));
    }
}
