//! What the programs that count stand on: `just proof`, `just load`, `just interop`. Each has it by `#[path]`, beside the rig.
//!
//! | module | idea |
//! | --- | --- |
//! | [`by_hand`] | auth-core without an adapter |
//! | [`front`] | the three ways to an API: by hand over auth-core, the Tower layer, the reqwest middleware |
//! | [`ledger`] | what is counted: LOST, LET-IN, LEAKED, EXTRA |

pub(crate) mod by_hand;
pub(crate) mod front;
pub(crate) mod ledger;
