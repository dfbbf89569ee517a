//! The rules of refreshing, driven by a byte string of events and times; what has to hold after each is said where they are driven.

pub fn check(data: &[u8]) {
    auth_core::fuzzing::machine(data);
}
