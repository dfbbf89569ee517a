//! The `ctx` claim: what a vault's policies may know of the request behind a token.

use serde_json::Value;

use crate::Error;

/// The claim to send, or `None` if there is nothing in it.
pub(super) fn claim(ctx: Value) -> Result<Option<Value>, Error> {
    let refused = |reason: &str| Err(Error::misconfigured(format!("`ctx` is not usable: {reason}")));
    match &ctx {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::Object(members) if members.is_empty() => return Ok(None),
        Value::Object(members) if !members.keys().all(|key| is_name(key)) => {
            return refused("its top-level keys may have letters, digits and underscores only ([a-zA-Z0-9_]+)");
        }
        Value::Array(_) => return refused("it is a list; give a string, a number, a bool or an object"),
        _ => {}
    }
    Ok(Some(ctx))
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_empty_is_left_out_and_what_no_vault_takes_is_refused() {
        for empty in [json!(null), json!(""), json!({})] {
            assert_eq!(claim(empty).unwrap(), None);
        }
        let nested = json!({"role": "admin", "n_3": 3, "nested": {"any key": [1, 2]}});
        for good in [json!("user-42"), json!(7), json!(-1.5), json!(false), nested] {
            assert_eq!(claim(good.clone()).unwrap(), Some(good));
        }
        for bad in
            [json!([1]), json!([]), json!({"": 1}), json!({"a-b": 1}), json!({"ok": 1, "ä": 1}), json!({"a b": 1})]
        {
            let error = claim(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Misconfigured);
            assert!(error.to_string().contains("`ctx`"), "{error}");
        }
    }
}
