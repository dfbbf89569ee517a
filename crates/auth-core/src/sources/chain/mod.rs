//! Several sources, of which the first that is configured is used.

mod explanation;
mod link;
mod probe;
mod source;

pub use explanation::{ChainExplanation, LinkExplanation, LinkState};
pub use link::Link;
pub(crate) use source::CHOSEN;
pub use source::Chain;
