#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| auth_fuzz::canary::unless_guessed(data, auth_fuzz::pem::check));
