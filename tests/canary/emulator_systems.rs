//! auth-emulator's rows for the systems: handles that give everything away, and print none of it.

use auth_emulator::systems::SigningAlgorithm;
use auth_emulator::{Emulator, UnfitKey};

use super::secrets;
use super::table::{Table, show};

pub(super) fn show(table: &mut Table) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let emulator = runtime.block_on(Emulator::builder().with_api_keys([secrets::API_KEY]).start()).unwrap();
    emulator.ibm().set_compute_resource_tokens([secrets::FILE_CONTENT]);
    emulator.remote().set_sessions([secrets::EXTRA_HEADER]);
    emulator.oauth().register_client("client", secrets::CLIENT_SECRET);
    let made = [
        emulator.skyflow().token(),
        emulator.skyflow().console_token(),
        emulator.cape().create_token("t").unwrap(),
        emulator.cape().login_token(),
        emulator.ivcap().token(),
    ];
    // Of a JWT the signature: its other parts begin alike whatever it is.
    let signatures = made.iter().map(|token| token.rsplit('.').next().unwrap().to_owned());
    let opaque = [
        emulator.skyflow().api_key()[10..].to_owned(),
        emulator.podstack().token()[4..].to_owned(),
        emulator.ivcap().refresh_token(),
        emulator.oauth().refresh_token("client"),
    ];
    signatures.chain(opaque).for_each(|secret| table.hunt_for(secret));
    show!(table, emulator.ibm(), emulator.watsonx(), emulator.skyflow(), emulator.cape(), emulator.podstack());
    show!(table, emulator.ivcap(), emulator.oauth(), emulator.remote(), emulator);

    for algorithm in [SigningAlgorithm::Rs256, SigningAlgorithm::Es256, SigningAlgorithm::EdDsa] {
        let key = emulator.oauth().register_client_key(algorithm);
        let body: String = key.private_key_pem().lines().filter(|line| !line.starts_with('-')).collect();
        // The end of a key is nothing but key.
        table.hunt_for(body[body.len() - 40..].to_owned());
        show!(table, algorithm, key);
    }
    let jwk = serde_json::json!({ "kty": "OKP", "crv": "Ed25519", "x": secrets::FORM_VALUE, "d": secrets::PASSWORD });
    let unfit =
        emulator.oauth().register_client_jwk("client", "k", &jwk).map_or_else(|unfit| unfit, |()| UnfitKey::Weak);
    show!(table, unfit, UnfitKey::Format, UnfitKey::Weak);
}
