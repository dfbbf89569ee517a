//! The one private key in a text of PEM blocks (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::KeyError;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// What is inside a block, by its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `PRIVATE KEY`, RFC 5958.
    Pkcs8,
    /// `RSA PRIVATE KEY`, RFC 8017 appendix A.1.2.
    Pkcs1,
    /// `EC PRIVATE KEY`, RFC 5915.
    Sec1,
}

/// The one private key in `text`. Text around the block is ignored, as section 2 of the RFC has it, and so is any white space
/// within: an environment variable often turns line breaks into spaces.
pub(super) fn read(text: &str) -> Result<(Format, Zeroizing<Vec<u8>>), KeyError> {
    // `openssl ecparam -genkey` writes the curve's name before the key, which says it again.
    let blocks = text.split(BEGIN).skip(1).filter(|block| !block.starts_with("EC PARAMETERS-----"));
    let mut blocks = blocks.map(|block| block.split_once(DASHES).ok_or(KeyError::InvalidKey));
    let (label, rest) = blocks.next().ok_or(KeyError::InvalidKey)??;
    if blocks.next().is_some() {
        return Err(KeyError::AmbiguousKey);
    }
    let format = match label {
        "PRIVATE KEY" => Format::Pkcs8,
        "RSA PRIVATE KEY" => Format::Pkcs1,
        "EC PRIVATE KEY" => Format::Sec1,
        "ENCRYPTED PRIVATE KEY" => return Err(KeyError::EncryptedKey),
        other if other.ends_with("PRIVATE KEY") => return Err(KeyError::UnsupportedKeyFormat),
        _ => return Err(KeyError::NotAPrivateKey),
    };
    let (body, end) = rest.split_once("-----END ").ok_or(KeyError::InvalidKey)?;
    if end.strip_prefix(label).is_none_or(|end| !end.starts_with(DASHES)) {
        return Err(KeyError::InvalidKey);
    }
    // RFC 1421 section 4.6.1.1, which OpenSSL still writes for the two older formats.
    if body.contains("Proc-Type:") && body.contains("ENCRYPTED") {
        return Err(KeyError::EncryptedKey);
    }
    let mut packed = Zeroizing::new(Vec::with_capacity(body.len()));
    packed.extend(body.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    // All its room at once: growing would leave a copy behind that nobody wipes.
    let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(packed.len())]);
    let length = STANDARD.decode_slice(&packed, &mut der).map_err(|_| KeyError::InvalidKey)?;
    der.truncate(length);
    Ok((format, der))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    fn outcome(text: &str) -> Result<(Format, Vec<u8>), KeyError> {
        read(text).map(|(format, der)| (format, der.to_vec()))
    }

    #[test]
    fn line_breaks_are_any_white_space() {
        for text in [
            "-----BEGIN PRIVATE KEY-----\nYWJj\nZGVm\n-----END PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----\r\nYWJj\r\nZGVm\r\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY----- YWJj ZGVm -----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----YWJjZGVm-----END PRIVATE KEY-----",
            "\u{feff}Bag Attributes\n  a: b\n  -----BEGIN PRIVATE KEY-----\n  YWJj\n  ZGVm\n  -----END PRIVATE KEY-----",
        ] {
            assert_eq!(outcome(text), Ok((Format::Pkcs8, b"abcdef".to_vec())), "{text}");
        }
    }

    #[test]
    fn the_label_says_what_it_is() {
        for (label, expect) in [
            ("PRIVATE KEY", Ok((Format::Pkcs8, b"abc".to_vec()))),
            ("RSA PRIVATE KEY", Ok((Format::Pkcs1, b"abc".to_vec()))),
            ("EC PRIVATE KEY", Ok((Format::Sec1, b"abc".to_vec()))),
            ("ENCRYPTED PRIVATE KEY", Err(KeyError::EncryptedKey)),
            ("OPENSSH PRIVATE KEY", Err(KeyError::UnsupportedKeyFormat)),
            ("DSA PRIVATE KEY", Err(KeyError::UnsupportedKeyFormat)),
            ("CERTIFICATE", Err(KeyError::NotAPrivateKey)),
            ("PUBLIC KEY", Err(KeyError::NotAPrivateKey)),
            ("private key", Err(KeyError::NotAPrivateKey)),
            ("EC PARAMETERS", Err(KeyError::InvalidKey)),
        ] {
            assert_eq!(outcome(&block(label, "YWJj")), expect, "{label}");
        }
        let cut = "-----BEGIN CERTIFICATE-----\nMIIC";
        assert_eq!(outcome(cut), Err(KeyError::NotAPrivateKey));
        let older = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nYWJj";
        assert_eq!(outcome(&block("RSA PRIVATE KEY", older)), Err(KeyError::EncryptedKey));
    }

    #[test]
    fn there_is_one_block_and_the_curves_name() {
        let key = block("EC PRIVATE KEY", "YWJj");
        let beside = |label| outcome(&format!("{}{key}", block(label, "ZGVm")));
        assert_eq!(beside("EC PARAMETERS"), Ok((Format::Sec1, b"abc".to_vec())));
        assert_eq!(beside("EC PRIVATE KEY"), Err(KeyError::AmbiguousKey));
        assert_eq!(beside("CERTIFICATE"), Err(KeyError::AmbiguousKey));
    }

    #[test]
    fn what_is_broken_is_no_key() {
        for text in [
            "",
            "hello",
            "/etc/key.pem",
            "-----BEGIN PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY",
            "-----BEGIN PRIVATE KEY-----\nYWJj",
            "-----BEGIN PRIVATE KEY-----\nYWJj\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY",
            "-----BEGIN PRIVATE KEY-----\nYWJ\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nYW_j\n-----END PRIVATE KEY-----",
            r"-----BEGIN PRIVATE KEY-----\nYWJj\n-----END PRIVATE KEY-----",
        ] {
            assert_eq!(outcome(text), Err(KeyError::InvalidKey), "{text}");
        }
    }
}
