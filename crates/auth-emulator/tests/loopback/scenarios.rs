use std::collections::BTreeSet;

use auth_emulator::{Emulator, Scenario};

#[test]
fn every_scenario_has_a_name_of_its_own_and_a_sentence() {
    let all = Scenario::all();
    let names: BTreeSet<_> = all.iter().map(Scenario::name).collect();
    assert_eq!(names.len(), all.len());
    for scenario in &all {
        assert_eq!(
            Scenario::named(scenario.name()).map(|found| found.description().to_owned()).as_deref(),
            Some(scenario.description())
        );
        assert!(["token/", "api/"].iter().any(|place| scenario.name().starts_with(place)), "{scenario}");
        assert!(!scenario.description().is_empty() && !scenario.description().ends_with('.'), "{scenario}");
    }
    assert!(Scenario::named("token/no-such-thing").is_none());
}

#[tokio::test]
async fn a_scenario_arms_one_plan_for_one_time_or_for_ever() {
    let emulator = Emulator::start().await.unwrap();
    let pending = || {
        let faults = emulator.token_faults().pending() + emulator.api_faults().pending();
        faults + emulator.connection_faults().pending() + emulator.token_flaws().pending()
    };
    for scenario in Scenario::all() {
        scenario.arm_once(&emulator);
        assert_eq!(pending(), 1, "{scenario}");
        let is_the_apis = emulator.api_faults().pending() == 1;
        assert_eq!(is_the_apis, scenario.name().starts_with("api/"), "{scenario}");
        emulator.clear_faults();
        assert_eq!(pending(), 0, "{scenario}");
        scenario.arm(&emulator);
        assert_eq!(pending(), 0, "{scenario} stands, and is not queued");
        emulator.clear_faults();
    }
}
