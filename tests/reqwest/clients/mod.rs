//! The clients of the five systems over sockets, from what a user has to an answer of the emulator's.
//!
//! | module | promise |
//! | --- | --- |
//! | [`stage`] | an emulator, one of the systems, and an API client for it; no pause is waited for |
//! | [`failures`] | what may happen to every one of them: a wrong credential, no right, too many requests, an outage, nobody there |
//! | [`watsonx`], [`skyflow`], [`ivcap`], [`podstack`], [`cape`] | what each of them does, and its own errors |
//! | [`places`] | a credential that is refused is named as what it is, with its place, and no other setting is |
//! | [`runtime`] | the handshake of Cape's `run` carries the token to its host and nowhere else |
//! | [`uploads`] | a stream of several MiB is sent as it comes, and once |

mod cape;
mod failures;
mod ivcap;
mod places;
mod podstack;
mod runtime;
mod skyflow;
mod stage;
mod uploads;
mod watsonx;
