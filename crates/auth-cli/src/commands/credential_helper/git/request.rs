//! What git asks for.

use std::fmt;

use auth_core::{Origin, Secret};

/// The attributes that are looked at.
#[derive(Default)]
pub(super) struct Request {
    protocol: Option<String>,
    host: Option<String>,
    pub(super) username: Option<String>,
    /// The password or the credential that was used, when it is told that it was wrong.
    pub(super) secret: Option<Secret>,
    /// Whether git takes a credential with its scheme (2.46).
    pub(super) takes_authtype: bool,
    /// The schemes that the server asked for, in lower case.
    challenges: Vec<String>,
}

impl Request {
    /// Reads `key=value` lines up to an empty one. Of a key that comes again the last one counts; one that ends in `[]` is a list,
    /// which an empty value empties.
    ///
    /// A value with a NUL, or a host with any control character, is refused: such are made to have the credential of one host given
    /// to another (CVE-2020-5260, CVE-2024-52006).
    pub(super) fn parse(text: &[u8]) -> Result<Self, &'static str> {
        if text.contains(&0) {
            return Err("what git says has a NUL character");
        }
        let mut request = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            // A Windows pipe.
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                break;
            }
            let Some(at) = line.iter().position(|byte| *byte == b'=') else {
                return Err("what git says has a line without `=`");
            };
            let (key, value) = (&line[..at], &line[at + 1..]);
            let text = || String::from_utf8(value.to_vec()).ok();
            match key {
                b"protocol" => request.protocol = Some(clean(value)?),
                b"host" => request.host = Some(clean(value)?),
                b"username" => request.username = text().filter(|name| !name.is_empty()),
                b"password" | b"credential" => request.secret = text().map(Secret::new),
                b"capability[]" => match value {
                    b"" => request.takes_authtype = false,
                    value => request.takes_authtype |= value == b"authtype",
                },
                b"wwwauth[]" => match text().unwrap_or_default().split_ascii_whitespace().next() {
                    None => request.challenges.clear(),
                    Some(scheme) => request.challenges.push(scheme.trim_end_matches(',').to_ascii_lowercase()),
                },
                _ => {}
            }
        }
        Ok(request)
    }

    /// The host that wants it, if it is one that is spoken to by HTTP.
    pub(super) fn origin(&self) -> Option<Origin> {
        let (protocol, host) = (self.protocol.as_deref()?, self.host.as_deref()?);
        if !matches!(protocol, "https" | "http") || host.contains(['/', '@', '?', '#']) {
            return None;
        }
        Origin::parse(&format!("{protocol}://{host}")).ok()
    }

    /// Whether a bearer token can go as such. A server that asked for something else gets it as a password.
    pub(super) fn takes_bearer(&self) -> bool {
        self.takes_authtype && (self.challenges.is_empty() || self.challenges.iter().any(|scheme| scheme == "bearer"))
    }
}

fn clean(value: &[u8]) -> Result<String, &'static str> {
    match String::from_utf8(value.to_vec()) {
        Ok(text) if !text.contains(char::is_control) => Ok(text),
        _ => Err("the host that git names has characters that no host has"),
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("host", &self.host).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Option<String> {
        Request::parse(text.as_bytes()).unwrap().origin().map(|origin| origin.to_string())
    }

    #[test]
    fn the_host_is_what_git_says_last_before_the_empty_line() {
        let rows = [
            ("protocol=https\nhost=example.com\n\n", Some("https://example.com")),
            ("protocol=https\r\nhost=example.com:8443\r\n\r\n", Some("https://example.com:8443")),
            ("host=Example.com\nprotocol=https", Some("https://example.com")),
            ("protocol=https\nhost=a\nhost=b\n\nhost=c\n", Some("https://b")),
            ("protocol=ssh\nhost=a\n", None),
            ("protocol=cert\nhost=\npath=/x\n", None),
            ("protocol=https\n", None),
            ("host=a\n", None),
            ("protocol=https\nhost=a/b\n", None),
            ("protocol=https\nhost=evil@a\n", None),
            ("protocol=https\nhost=a#\n", None),
            ("protocol=https\nhost=*\n", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(origin(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_made_to_be_read_differently_is_refused() {
        for text in
            ["protocol=https\nhost=a\0b\n", "protocol=https\nhost=a\rhost=b\n", "host\n", "host=\u{1b}a\n", "path=\0\n"]
        {
            assert!(Request::parse(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Request::parse(b"host=\xff\n").is_err());
        assert!(Request::parse(b"path=\xff\nhost=a\n").is_ok(), "a path may be anything");
    }

    #[test]
    fn a_bearer_token_goes_as_such_where_git_and_the_server_take_it() {
        let rows = [
            ("", false),
            ("wwwauth[]=Bearer realm=x\n", false),
            ("capability[]=authtype\n", true),
            ("capability[]=state\ncapability[]=authtype\n", true),
            ("capability[]=authtype\ncapability[]=\n", false),
            ("capability[]=authtype\nwwwauth[]=Basic realm=x\n", false),
            ("capability[]=authtype\nwwwauth[]=Basic realm=x\nwwwauth[]=bearer\n", true),
            ("capability[]=authtype\nwwwauth[]=Basic\nwwwauth[]=\n", true),
        ];
        for (text, expected) in rows {
            assert_eq!(Request::parse(text.as_bytes()).unwrap().takes_bearer(), expected, "{text:?}");
        }
    }
}
