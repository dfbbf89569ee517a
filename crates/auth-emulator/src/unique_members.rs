//! JSON objects that hold each member once.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The members of an object. Two of the same name are an error: which of them counts would depend on the reader
/// (RFC 7515, section 4, and RFC 7519, section 4, allow that refusal and prefer it).
pub(crate) struct UniqueMembers(pub(crate) Map<String, Value>);

impl UniqueMembers {
    pub(crate) fn parse(json: &[u8]) -> Option<Map<String, Value>> {
        serde_json::from_slice::<Self>(json).ok().map(|members| members.0)
    }
}

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = UniqueMembers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is there twice"));
            }
        }
        Ok(UniqueMembers(members))
    }
}

#[cfg(test)]
mod tests {
    use super::UniqueMembers;

    #[test]
    fn an_object_is_read_and_anything_else_is_not() {
        assert!(UniqueMembers::parse(br#"{"a":1,"b":{"a":2}}"#).is_some());
        for bad in
            [&br#"{"a":1,"a":1}"#[..], br#"{"a":1,"\u0061":1}"#, b"[]", b"\"a\"", b"", b"{} {}", b"\xEF\xBB\xBF{}"]
        {
            assert!(UniqueMembers::parse(bad).is_none(), "{}", String::from_utf8_lossy(bad));
        }
    }
}
