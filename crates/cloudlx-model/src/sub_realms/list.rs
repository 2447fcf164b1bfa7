//! `GET /api/sub-realms`: the "Sub-Realms API endpoint" that the create page names; path and shape are inferred.

use serde::{Deserialize, Serialize};

use crate::{Auth, Endpoint, Method, SubRealm};

/// Lists the sub-realms that a customer can be shown and given (inferred).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
pub struct ListSubRealms;

impl Endpoint for ListSubRealms {
    const NAME: &'static str = "list_sub_realms";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/sub-realms";
    const AUTH: Auth = Auth::Bearer;
    type Response = SubRealmList;
}

/// All sub-realms (inferred).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "inferred")))]
#[non_exhaustive]
pub struct SubRealmList {
    /// The sub-realms.
    #[serde(deserialize_with = "crate::php::list")]
    pub sub_realms: Vec<SubRealm>,
}

impl SubRealmList {
    /// A list of these.
    #[must_use]
    pub fn new(sub_realms: Vec<SubRealm>) -> Self {
        Self { sub_realms }
    }
}
