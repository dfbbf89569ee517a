//! Tokens and the rules about them: fetching, keeping, refreshing and attaching credentials, without an HTTP client.
