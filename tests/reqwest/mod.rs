//! What the reqwest middleware promises, beside what every adapter promises ([`adapter`](crate::adapter)).
//!
//! | file | promise |
//! | --- | --- |
//! | [`api_errors`] | an API client's errors say what to change, and repeat no secret |
//! | [`api_pages`] | lists are read to their end, and the token stays at home |
//! | [`api_requests`] | an API client's requests go where they should, and say what they should |
//! | [`api_retries`] | what an API client repeats, and when |
//! | [`clients`] | the systems' clients do their work over sockets, and fail with a word about what to change |
//! | [`redirects`] | clients built here stop at other origins; what one built elsewhere does |
//! | [`tokens`] | the token client follows nobody, says nothing of where it was, and reads no endless answer |
//! | [`retry`] | with reqwest-retry outside each try has its token, and what could not be sent is not tried again |
//! | [`middlewares`] | others inside and outside, and what each of them hears |
//! | [`bodies`] | streams pass once, bytes twice |
//! | [`headers`] | the caller's own headers win, and what becomes of a client's default headers |
//! | [`extensions`] | authentication in one line, for clients without middlewares |
//! | [`errors`] | our error is found behind other middlewares, and no error shows a URL |
//! | [`limits`] | a request's own timeout limits what it waits for |
//! | [`shape`] | futures are `Send`, and nothing needs more than a reqwest without features |

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise, and so may what tests are made of")]

mod api_errors;
mod api_pages;
mod api_requests;
mod api_retries;
pub(crate) mod api_stage;
mod bodies;
mod clients;
mod errors;
mod extensions;
mod fixture;
mod headers;
mod limits;
mod middlewares;
mod redirects;
mod retry;
mod shape;
mod tokens;
