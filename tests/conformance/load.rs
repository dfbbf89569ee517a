//! From files to cases.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::case::Case;

/// The cases of a family, in the order of the file.
pub(crate) fn family(name: &str) -> Vec<Case> {
    let path = directory().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    rows.into_iter().flat_map(spell_out).map(|row| read(name, row)).collect()
}

/// The families there are files for.
pub(crate) fn families() -> Vec<String> {
    let files = std::fs::read_dir(directory()).unwrap().map(|file| file.unwrap().path());
    let cases = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    cases.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn directory() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/cases"))
}

fn read(family: &str, row: Value) -> Case {
    let id = row["id"].clone();
    if let Some(name) = left_over(&row) {
        panic!("{family}: case {id}: nothing replaces {name}");
    }
    let texts = row["steps"].as_array().into_iter().flatten().map(Value::to_string).collect();
    let case: Case = serde_json::from_value(row).unwrap_or_else(|error| panic!("{family}: case {id}: {error}"));
    Case { texts, ..case }
}

/// A row with `each` stands for as many cases as that has members, in which a member's values replace `$name`.
fn spell_out(mut row: Value) -> Vec<Value> {
    let Some(each) = row.as_object_mut().and_then(|row| row.remove("each")) else { return vec![row] };
    let variants = each.as_array().expect("`each` is an array").iter().enumerate();
    variants.map(|(index, variant)| variant_of(&row, index + 1, variant.as_object().expect("of objects"))).collect()
}

fn variant_of(row: &Value, number: usize, variant: &Map<String, Value>) -> Value {
    let text = row.to_string();
    for name in variant.keys() {
        assert!(text.contains(&format!("\"${name}\"")), "{}: nothing uses ${name}", row["id"]);
    }
    let mut case = replace(row, variant);
    case["id"] = format!("{} [{number}]", row["id"].as_str().unwrap_or_default()).into();
    case
}

fn replace(value: &Value, variant: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => {
            let replacement = text.strip_prefix('$').and_then(|name| variant.get(name));
            replacement.unwrap_or(value).clone()
        }
        Value::Array(items) => items.iter().map(|item| replace(item, variant)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), replace(member, variant))).collect()
        }
        other => other.clone(),
    }
}

/// A `"$name"` that no member of `each` has replaced.
fn left_over(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => text.starts_with('$').then_some(text.as_str()),
        Value::Array(items) => items.iter().find_map(left_over),
        Value::Object(members) => members.values().find_map(left_over),
        _ => None,
    }
}
