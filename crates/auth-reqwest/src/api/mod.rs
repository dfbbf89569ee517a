//! A client of one API: base URL, authentication, context, JSON, retries, paging.

mod body;
mod builder;
mod client;
mod credential;
mod error;
mod failure;
mod link;
mod pages;
mod paging;
mod path;
mod problem;
mod request;
mod response;
mod retries;
mod send;
mod whoami;
mod witness;

pub use builder::ApiClientBuilder;
pub use client::ApiClient;
pub use error::{ApiError, ApiErrorKind};
pub use pages::Pages;
pub use paging::Paging;
pub use path::path;
pub use request::ApiRequest;
pub use response::ApiResponse;
pub use retries::Retries;
pub use whoami::Whoami;
