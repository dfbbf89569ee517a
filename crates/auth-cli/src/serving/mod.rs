//! What the commands that serve have in common.
//!
//! | file | idea |
//! | --- | --- |
//! | [`server`] | a port and its connections: how many, how long, and their end |
//! | [`line`](mod@line) | whether anybody who may uses a connection |
//! | [`descriptors`] | room for connections |
//! | [`end`] | what asks the process to end |
//! | [`secret_file`] | who else gets at the callers' secret |

pub(crate) mod descriptors;
pub(crate) mod end;
pub(crate) mod line;
pub(crate) mod secret_file;
pub(crate) mod server;
