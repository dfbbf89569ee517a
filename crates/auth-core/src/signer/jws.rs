//! Signed JWTs in compact form (RFC 7515 section 3.1, RFC 7519).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::Signer;
use crate::{Error, Secret};

/// Signs claims. The header is `alg`, `typ`, and `kid` if there is one.
pub(crate) async fn sign(
    signer: &dyn Signer,
    typ: &str,
    key_id: Option<&str>,
    claims: &Map<String, Value>,
) -> Result<Secret, Error> {
    let mut header = Map::new();
    header.insert("alg".to_owned(), signer.algorithm().name().into());
    header.insert("typ".to_owned(), typ.into());
    if let Some(key_id) = key_id {
        header.insert("kid".to_owned(), key_id.into());
    }
    let part = |object: &Map<String, Value>| URL_SAFE_NO_PAD.encode(Value::Object(object.clone()).to_string());
    let message = format!("{}.{}", part(&header), part(claims));
    let signature = signer.sign(message.as_bytes()).await?;
    Ok(Secret::new(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))))
}
