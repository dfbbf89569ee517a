//! Who takes part: a file each, which says how a program would use it.

mod aliri;
mod aws_smithy;
mod azure_core;
mod azure_identity;
mod by_hand;
mod cf_gears;
mod gcp_auth;
mod google_cloud;
pub(crate) mod kube;
mod middle;
mod ours;
mod reqsign;
mod tower_http;
mod yup;

use crate::contender::Contender;

/// All, in the order of the tables.
pub(crate) fn all() -> Vec<Contender> {
    vec![
        by_hand::CONTENDER,
        ours::core::CONTENDER,
        aliri::CONTENDER,
        aws_smithy::CONTENDER,
        azure_identity::CONTENDER,
        gcp_auth::CONTENDER,
        google_cloud::CONTENDER,
        google_cloud::WITH_TAG,
        middle::CONTENDER,
        reqsign::CONTENDER,
        yup::CONTENDER,
        tower_http::CONTENDER,
        ours::tower::CONTENDER,
        ours::tower::WITH_REPLAY,
        cf_gears::CONTENDER,
        cf_gears::WITH_REPLAY,
        kube::CONTENDER,
        ours::reqwest::CONTENDER,
        ours::reqwest::WITH_REPLAY,
        azure_core::CONTENDER,
    ]
}
