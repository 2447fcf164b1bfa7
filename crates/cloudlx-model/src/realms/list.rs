//! `GET /api/realms`: the "Realms API endpoint" that the create page names; path and shape are inferred.

use serde::{Deserialize, Serialize};

use crate::{Auth, Endpoint, Method, Realm};

/// Lists the realms that a customer can be given (inferred).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
pub struct ListRealms;

impl Endpoint for ListRealms {
    const NAME: &'static str = "list_realms";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/realms";
    const AUTH: Auth = Auth::Bearer;
    type Response = RealmList;
}

/// All realms (inferred).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
#[non_exhaustive]
pub struct RealmList {
    /// The realms, with ids.
    #[serde(deserialize_with = "crate::php::list")]
    pub realms: Vec<Realm>,
}

impl RealmList {
    /// A list of these.
    #[must_use]
    pub fn new(realms: Vec<Realm>) -> Self {
        Self { realms }
    }
}
