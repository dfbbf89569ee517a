//! What a helper program printed, in the format that the first byte chooses: a token that can be sent, or an error that repeats
//! nothing of it.

use auth_core::sources::ExecFormat;

use crate::canary::{check_debug, filled, unsaid};
use crate::stage::is_token;

const FORMATS: [ExecFormat; 6] = [
    ExecFormat::Detect,
    ExecFormat::Line,
    ExecFormat::Kubernetes,
    ExecFormat::KubernetesV1Beta1,
    ExecFormat::AwsCredentialProcess,
    ExecFormat::Docker,
];

pub fn check(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let (output, format) = (filled(rest), FORMATS[usize::from(*first) % FORMATS.len()]);
    match auth_core::fuzzing::printed(&output, format) {
        Ok(token) => {
            check_debug(&token);
            let token = token.secret().expect("a token").expose();
            assert!(is_token(token), "{token:?}");
            let lines = matches!(format, ExecFormat::Line) || !output.contains(&b'{');
            // A byte order mark may stand in front of the blanks, or behind them.
            let without_mark =
                |text: &[u8]| text.trim_ascii().strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii().to_vec();
            assert!(!lines || without_mark(&output) == token.as_bytes(), "{token:?} is not the line");
        }
        Err(message) => {
            assert!(message.len() < 200 && !message.contains(char::is_control), "{message:?}");
            unsaid(&message);
        }
    }
}
