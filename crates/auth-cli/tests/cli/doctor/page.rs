//! The page that explains the checks.

use super::doctor;
use crate::rig::User;

const PAGE: &str = include_str!("../../../../../docs/guides/doctor.md");

#[tokio::test]
async fn every_check_stands_on_its_page_in_order_and_nothing_else_does() {
    let checked = doctor(&User::new(), "").await;
    let ids: Vec<&str> = checked.checks.iter().map(|check| check["id"].as_str().unwrap()).collect();
    let headings = PAGE.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let explained: Vec<&str> = headings.map(|(id, _)| id).collect();
    assert_eq!(explained, ids);
}
