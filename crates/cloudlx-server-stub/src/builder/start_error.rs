//! Why a stub does not start.

use std::net::SocketAddr;

use cloudlx_validate::CatalogueError;

use crate::auth::control_access::SHORTEST_TOKEN;
use crate::faults::Misplaced;
use crate::store::StateError;

/// Why a stub did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened at.
    #[error("could not listen at {address}: choose another address, or port 0 for any that is free")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The control API would be there for everybody.
    #[error(
        "expected a token for a control API at {address}, which is no loopback address, found none: give one \
         (`Builder::control_token`; on the command line CLOUDLX_STUB_CONTROL_TOKEN), listen at 127.0.0.1 or [::1], or \
         leave the control API off"
    )]
    Control {
        /// The address.
        address: SocketAddr,
    },
    /// The control API's token cannot be one.
    #[error(
        "expected a control token of {SHORTEST_TOKEN} visible ASCII characters or more, found another: make one with \
         `openssl rand -hex 20`"
    )]
    ControlToken,
    /// A fault cannot act where it is to act.
    #[error("could not arm the faults")]
    Faults(#[from] Misplaced),
    /// The state cannot be kept or read.
    #[error("could not take up the state")]
    State(#[from] StateError),
    /// The built-in catalogue cannot be read. A bug in this crate.
    #[error("could not read the built-in catalogue, which is a bug: start with a catalogue of your own")]
    Catalogue(#[from] CatalogueError),
    /// The paths of the model cannot be told apart. A bug in this crate.
    #[error("could not lay out the routes, which is a bug: {reason}")]
    Routes {
        /// What the router said.
        reason: String,
    },
}

impl StartError {
    pub(super) fn routes(error: impl std::fmt::Display) -> Self {
        Self::Routes { reason: error.to_string() }
    }
}
