//! auth-core as a Tower layer: every request authenticated, through expiry, rotation, outages and revocation.
