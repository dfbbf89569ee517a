//! What is checked of a user's source: ours keep it, and one that does not is found out, by the name of what it breaks.

mod bad_sources;
mod own_sources;
