//! All parts of one running stub. Nothing is global: every stub has its own.

use std::sync::Arc;

use crate::api::Api;
use crate::auth::control_access::ControlAccess;
use crate::faults::Injector;
use crate::observe::Observers;
use crate::wire::limits::Limits;
use crate::wire::listener::Listener;

/// The parts of one stub.
pub(crate) struct Server {
    /// The address that callers use, such as `http://127.0.0.1:49152`.
    pub(crate) base_url: String,
    pub(crate) api: Api,
    pub(crate) faults: Arc<Injector>,
    pub(crate) observers: Observers,
    pub(crate) listener: Listener,
    pub(crate) limits: Limits,
    /// What the control API asks of its callers; none where the stub has no control API.
    pub(crate) control: Option<ControlAccess>,
}
