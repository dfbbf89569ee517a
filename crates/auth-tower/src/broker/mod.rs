//! A backend that hands short-lived tokens to a web page: [`door`] says who may ask at all, [`session`] whose page it is,
//! [`vending`] what is handed out, [`answer`] in which words, [`service`] is all of it as a Tower service.

mod answer;
mod door;
mod forward_auth;
mod refusal;
mod service;
mod session;
mod vending;

pub use service::Broker;
pub use session::Session;
