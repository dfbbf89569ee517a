//! Token endpoints and a protected API on loopback, with faults on demand, for tests of programs that authenticate.
