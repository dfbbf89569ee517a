//! The device authorization endpoint of the command line (RFC 8628).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::json;

use super::Ivcap;
use crate::{form::Form, random, shared::Shared, systems::oauth::GrantError};

const LIFETIME: Duration = Duration::from_secs(900);

/// The device codes that were given out and not yet used.
#[derive(Default)]
pub(crate) struct Devices(Mutex<HashMap<String, Device>>);

struct Device {
    until: Duration,
    approved: bool,
}

impl Devices {
    fn start(&self, now: Duration) -> String {
        let code = format!("dc-{}", random::id(40));
        self.lock().insert(code.clone(), Device { until: now + LIFETIME, approved: false });
        code
    }

    pub(crate) fn approve(&self) -> usize {
        self.lock().values_mut().map(|device| usize::from(!std::mem::replace(&mut device.approved, true))).sum()
    }

    /// Uses a code up once it is approved (RFC 8628, section 3.5).
    pub(crate) fn take(&self, code: &str, now: Duration) -> Result<(), GrantError> {
        let mut devices = self.lock();
        match devices.get(code) {
            None => Err(GrantError::InvalidGrant("the device code is unknown or used")),
            Some(device) if now >= device.until => Err(GrantError::ExpiredDeviceCode),
            Some(device) if !device.approved => Err(GrantError::Pending),
            Some(_) => {
                devices.remove(code);
                Ok(())
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Device>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) async fn code(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let Some(mut form) = Form::parse(&body) else { return GrantError::REPEATED.into_response() };
    if form.take("client_id").as_deref() != Some(Ivcap::CLIENT_ID) {
        return GrantError::InvalidClient.into_response();
    }
    let place = format!("{}/activate", shared.url);
    let user_code = "EMUL-ATED";
    Json(json!({
        "device_code": shared.systems.ivcap.start(shared.now()),
        "user_code": user_code,
        "verification_uri": place,
        "verification_uri_complete": format!("{place}?user_code={user_code}"),
        "expires_in": LIFETIME.as_secs(),
        "interval": 1,
    }))
    .into_response()
}
