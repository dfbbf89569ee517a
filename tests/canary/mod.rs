//! A canary in every secret: it never shows in `Debug`, `Display`, an error's chain or a log, down to TRACE.
//!
//! Each kind of secret is a string of its own, found nowhere else ([`secrets`]), so a red test says which one got out,
//! and in which disguise ([`hunt`](crate::hunt)). What is found out here is that nothing is *printed*; accessors may give secrets away.
//!
//! | module | promise |
//! | --- | --- |
//! | [`table`] | every public type is printed and shows nothing; one that is missing from the table is an error |
//! | [`core_types`], [`core_settings`], [`core_signing`], [`core_systems`], [`grant_types`], [`ibm_types`], [`skyflow_types`] | auth-core's rows of the table |
//! | [`tower_types`], [`reqwest_types`], [`emulator_types`], [`emulator_systems`] | the rows of the other crates |
//! | [`scan`] | the public types, as the sources name them |
//! | [`logs`] | whatever happens, and whatever an issuer repeats: nothing in logs, events and errors |
//! | [`records`] | the `log` crate's records |
//! | [`repeated`] | an issuer's own words are told, but for those that repeat a secret |
//! | [`rotation`] | a refresh token that can't be saved is a warning without it |
//! | [`refusals`] | whoever refuses an input says which setting it is, and does not quote it |
//! | [`sensitive`] | headers that carry a secret are marked as such |
//! | [`sweep`] | all places where a secret could be seen, in one run; and ten leaks in them, which are found |
//! | [`all`] | the hunt after all of them |
//! | [`systems`] | the five systems, whole: no secret in a URL, a log, an error, an explanation or a file |
//! | [`evidence`] | what a run leaves behind where others may read it |
//! | [`stage`] | a scripted issuer, and what an authenticator needs to run without a network |

mod all;
mod core_settings;
mod core_signing;
mod core_systems;
mod core_types;
mod emulator_systems;
mod emulator_types;
mod evidence;
mod grant_types;
mod ibm_types;
mod logs;
mod records;
mod refusals;
mod repeated;
mod reqwest_types;
mod rotation;
mod scan;
mod secrets;
mod sensitive;
mod skyflow_types;
mod stage;
#[cfg(unix)]
mod sweep;
mod systems;
mod table;
mod tower_types;
