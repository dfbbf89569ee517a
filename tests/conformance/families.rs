//! The tests: one per file of cases, so that `cargo test conformance` names what broke.

use super::load;
use super::run::run;

/// Runs all cases of a family before it says which of them fail.
fn check(family: &str) {
    let cases = load::family(family);
    let failures: Vec<String> = cases.iter().filter_map(|case| run(case).err()).collect();
    assert!(failures.is_empty(), "{} of {} cases fail:\n\n{}\n", failures.len(), cases.len(), failures.join("\n\n"));
}

#[test]
fn a_lifetime_is_what_the_answer_says_counted_from_the_request() {
    check("life");
}

#[test]
fn a_token_is_refreshed_in_its_window_and_not_before() {
    check("win");
}

#[test]
fn in_its_last_moments_a_token_serves_and_attempts_hurry() {
    check("hard");
}

#[test]
fn a_rejected_token_forces_fetches_but_never_a_storm() {
    check("susp");
}

#[test]
fn a_herd_makes_one_fetch_and_nobody_wedges_anybody() {
    check("conc");
}

#[test]
fn a_failing_issuer_is_left_alone_and_a_valid_token_goes_on_serving() {
    check("fail");
}

#[test]
fn a_request_is_sent_at_most_twice_and_its_token_nowhere_else() {
    check("http");
}

#[test]
fn clocks_that_jump_or_stand_still_make_no_token_older_or_younger_than_it_is() {
    check("clk");
}

#[test]
fn a_token_file_is_read_again_and_an_error_keeps_the_old_token() {
    check("file");
}

#[test]
fn a_chain_goes_on_where_nothing_is_configured_and_settles_on_the_first_that_is() {
    check("chain");
}

#[cfg(unix)]
#[test]
fn a_helper_program_brings_a_token_or_says_why_not_and_leaves_nothing_running() {
    check("exec");
}

#[test]
fn the_first_place_that_configures_a_service_counts_whole_and_a_broken_one_is_an_error() {
    check("conf");
}

#[test]
fn nothing_secret_is_ever_written() {
    check("log");
}
