//! The flows, one a file.

mod jwt_bearer;
mod private_key_jwt;
mod refresh_token;
mod revocation;
mod secret;
mod token_exchange;

use auth_core::signer::Algorithm;

use crate::flow::Flow;

/// In the order of the table.
pub(crate) fn all() -> Vec<Box<dyn Flow>> {
    vec![
        Box::new(secret::Basic),
        Box::new(secret::Post),
        Box::new(private_key_jwt::PrivateKeyJwt { algorithm: Algorithm::Rs256, names_key: true }),
        Box::new(private_key_jwt::PrivateKeyJwt { algorithm: Algorithm::Es256, names_key: false }),
        Box::new(private_key_jwt::PrivateKeyJwt { algorithm: Algorithm::EdDsa, names_key: true }),
        Box::new(jwt_bearer::JwtBearer),
        Box::new(token_exchange::TokenExchange),
        Box::new(refresh_token::RefreshToken { public: true }),
        Box::new(refresh_token::RefreshToken { public: false }),
        Box::new(revocation::Revocation),
    ]
}
