//! Who one is.

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Who one is at a system, as it says itself.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Whoami {
    /// The e-mail address.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The id: `id`, `user_id` or `sub`.
    pub id: Option<String>,
    all: Map<String, Value>,
}

impl Whoami {
    /// Anything else that the answer says.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.all.get(name)
    }

    /// All that the answer says, by its names there. It may be more than one shows.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.all.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<'de> Deserialize<'de> for Whoami {
    /// From an object, or one inside of it under `user` or `data`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = Map::deserialize(deserializer)?;
        for name in ["data", "user"] {
            if all.get(name).is_some_and(Value::is_object)
                && let Some(Value::Object(inner)) = all.remove(name)
            {
                all = inner;
            }
        }
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| all.get(*name).filter(|value| !value.is_null()))?;
            Some(found.as_str().map_or_else(|| found.to_string(), str::to_owned))
        };
        let (email, name, id) = (text(&["email"]), text(&["name", "username"]), text(&["id", "user_id", "sub"]));
        Ok(Self { email, name, id, all })
    }
}

impl fmt::Debug for Whoami {
    /// Without what else is there, which may be secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whoami")
            .field("email", &self.email)
            .field("name", &self.name)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_found_at_the_top_or_one_level_below() {
        for body in [
            r#"{"email":"a@b.example","id":7,"plan":"pro"}"#,
            r#"{"user":{"email":"a@b.example","user_id":7,"plan":"pro"}}"#,
            r#"{"data":{"user":{"email":"a@b.example","sub":"7","plan":"pro"}}}"#,
        ] {
            let whoami: Whoami = serde_json::from_str(body).unwrap();
            assert_eq!((whoami.email.as_deref(), whoami.id.as_deref()), (Some("a@b.example"), Some("7")), "{body}");
            assert_eq!(whoami.get("plan"), Some(&"pro".into()), "{body}");
            assert_eq!(whoami.iter().count(), 3, "{body}");
        }
    }
}
