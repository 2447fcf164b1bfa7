//! Which requests and connections a fault hits.

use std::num::NonZeroU64;

use cloudlx_model::{ENDPOINTS, Endpoint};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::action::{Action, ConnectionAction};
use super::chance::Probability;

/// What goes wrong. The same schedule against the same order of requests does the same again.
///
/// Every fault counts all that matches it. Where several would act on one request or connection, the first of its list
/// does, and the others count it and wait for the next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Schedule {
    /// Decides what probabilities leave open. Each fault has numbers of its own, drawn from the seed and its place in
    /// the list, one for each match.
    pub seed: u64,
    /// Faults of connections, which come before any request is known. Refusals are decided first.
    pub connections: Vec<ConnectionFault>,
    /// Faults of requests.
    pub requests: Vec<RequestFault>,
}

/// What goes wrong with some connections, whatever they are for: those to the control endpoint are among them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConnectionFault {
    /// The first connection that it may hit, from 1 on.
    #[serde(default = "first")]
    pub from: NonZeroU64,
    /// How many it hits at most. Absent means any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "NonZeroU64"))]
    pub times: Option<NonZeroU64>,
    /// The chance of each of these to be hit, from 0 to 1.
    #[serde(default)]
    pub probability: Probability,
    /// What happens.
    #[serde(rename = "do")]
    pub action: ConnectionAction,
}

/// What goes wrong with some requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestFault {
    /// The endpoint whose requests match. Absent means every request, also one to a path that the API does not have; but
    /// for what can happen to one endpoint only, which is then meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "EndpointName"))]
    pub endpoint: Option<EndpointName>,
    /// The first match that it may hit, from 1 on.
    #[serde(default = "first")]
    pub from: NonZeroU64,
    /// How many it hits at most. Absent means any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "NonZeroU64"))]
    pub times: Option<NonZeroU64>,
    /// The chance of each of these to be hit, from 0 to 1.
    #[serde(default)]
    pub probability: Probability,
    /// What happens.
    #[serde(rename = "do")]
    pub action: Action,
}

/// The name of an endpoint of the API, such as `create_customer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EndpointName(&'static str);

/// A name that is not the name of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {}, found {found:?}: write the name of an endpoint", names().join(", "))]
pub struct NoEndpoint {
    found: String,
}

/// A fault that cannot act on its endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {what} at {expected} only, found it at {found}: change the endpoint, or leave it out")]
pub struct Misplaced {
    /// The fault's place among [`Schedule::requests`].
    pub(super) index: usize,
    what: &'static str,
    expected: &'static str,
    found: &'static str,
}

impl Schedule {
    /// Sets the seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Adds a fault of connections.
    #[must_use]
    pub fn and_connection(mut self, fault: ConnectionFault) -> Self {
        self.connections.push(fault);
        self
    }

    /// Adds a fault of requests.
    #[must_use]
    pub fn and_request(mut self, fault: RequestFault) -> Self {
        self.requests.push(fault);
        self
    }

    /// Checks what the types cannot: that each fault can act on its endpoint.
    pub(crate) fn check(&self) -> Result<(), Misplaced> {
        for (index, fault) in self.requests.iter().enumerate() {
            match (fault.endpoint, fault.sole_endpoint()) {
                (Some(EndpointName(found)), Some((expected, what))) if found != expected => {
                    return Err(Misplaced { index, what, expected, found });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl From<ConnectionFault> for Schedule {
    fn from(fault: ConnectionFault) -> Self {
        Self::default().and_connection(fault)
    }
}

impl From<RequestFault> for Schedule {
    fn from(fault: RequestFault) -> Self {
        Self::default().and_request(fault)
    }
}

impl ConnectionFault {
    /// Hits every connection, unless it is restricted further.
    #[must_use]
    pub fn new(action: ConnectionAction) -> Self {
        Self { from: first(), times: None, probability: Probability::default(), action }
    }

    /// Hits the `n`th connection and those after it; 0 means 1.
    #[must_use]
    pub fn from_nth(self, n: u64) -> Self {
        Self { from: at_least_one(n), ..self }
    }

    /// Hits only the `n`th connection; 0 means 1.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        Self { from: at_least_one(n), times: Some(first()), ..self }
    }

    /// Hits at most `n` connections; 0 means 1.
    #[must_use]
    pub fn times(self, n: u64) -> Self {
        Self { times: Some(at_least_one(n)), ..self }
    }

    /// Hits each with this probability.
    #[must_use]
    pub fn with_probability(self, probability: Probability) -> Self {
        Self { probability, ..self }
    }
}

impl RequestFault {
    /// Hits every request, unless it is restricted further.
    #[must_use]
    pub fn any(action: impl Into<Action>) -> Self {
        Self {
            endpoint: None,
            from: first(),
            times: None,
            probability: Probability::default(),
            action: action.into(),
        }
    }

    /// Hits every request to `E`, unless it is restricted further.
    #[must_use]
    pub fn on<E: Endpoint>(action: impl Into<Action>) -> Self {
        Self { endpoint: Some(EndpointName::of::<E>()), ..Self::any(action) }
    }

    /// Hits the `n`th of them and those after it; 0 means 1.
    #[must_use]
    pub fn from_nth(self, n: u64) -> Self {
        Self { from: at_least_one(n), ..self }
    }

    /// Hits only the `n`th of them; 0 means 1.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        Self { from: at_least_one(n), times: Some(first()), ..self }
    }

    /// Hits at most `n` of them; 0 means 1.
    #[must_use]
    pub fn times(self, n: u64) -> Self {
        Self { times: Some(at_least_one(n)), ..self }
    }

    /// Hits each with this probability.
    #[must_use]
    pub fn with_probability(self, probability: Probability) -> Self {
        Self { probability, ..self }
    }

    /// Whether a request to `endpoint` (none when its path is not the API's) matches.
    pub(super) fn matches(&self, endpoint: Option<&str>) -> bool {
        match self.endpoint {
            Some(EndpointName(name)) => endpoint == Some(name),
            None => self.sole_endpoint().is_none_or(|(name, _)| endpoint == Some(name)),
        }
    }

    /// The only endpoint that the fault can act on, and the fault's name in messages.
    fn sole_endpoint(&self) -> Option<(&'static str, &'static str)> {
        match &self.action {
            Action::After(after) => after.sole_endpoint(),
            Action::Before(_) => None,
        }
    }
}

impl EndpointName {
    /// The name of `E`.
    #[must_use]
    pub const fn of<E: Endpoint>() -> Self {
        Self(E::NAME)
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl TryFrom<String> for EndpointName {
    type Error = NoEndpoint;

    fn try_from(found: String) -> Result<Self, NoEndpoint> {
        names().into_iter().find(|name| *name == found).map(Self).ok_or(NoEndpoint { found })
    }
}

impl<'de> Deserialize<'de> for EndpointName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EndpointName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EndpointName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The name of an endpoint of the API, as the OpenAPI document's operation ids.",
            "type": "string",
            "enum": names(),
        })
    }
}

fn names() -> Vec<&'static str> {
    ENDPOINTS.iter().map(|endpoint| endpoint.name).collect()
}

fn first() -> NonZeroU64 {
    NonZeroU64::MIN
}

fn at_least_one(n: u64) -> NonZeroU64 {
    NonZeroU64::new(n).unwrap_or(NonZeroU64::MIN)
}

#[cfg(test)]
mod tests {
    use cloudlx_model::{CreateCustomer, GetCustomer, ListCustomers};

    use super::super::action::{After, Before, LateCommit};
    use super::super::rename::NameForm;
    use super::*;

    #[test]
    fn a_fault_without_an_endpoint_is_of_every_request() {
        let any = RequestFault::any(Before::Reset);
        assert!(any.matches(Some(GetCustomer::NAME)) && any.matches(None));
        let of_lists = RequestFault::on::<ListCustomers>(Before::Reset);
        assert!(of_lists.matches(Some(ListCustomers::NAME)));
        assert!(!of_lists.matches(Some(GetCustomer::NAME)) && !of_lists.matches(None));
    }

    #[test]
    fn a_late_commit_is_of_creates_only() {
        let late = After::CommitLate(LateCommit::default());
        let any = RequestFault::any(late.clone());
        assert!(any.matches(Some(CreateCustomer::NAME)));
        assert!(!any.matches(Some(ListCustomers::NAME)) && !any.matches(None));
        Schedule::from(any).check().unwrap();
        Schedule::from(RequestFault::on::<CreateCustomer>(late.clone())).check().unwrap();
        let error = Schedule::from(RequestFault::on::<ListCustomers>(late)).check().unwrap_err();
        assert!(error.to_string().contains("create_customer only, found it at list_customers"), "{error}");
    }

    #[test]
    fn a_rename_is_of_creates_and_leaving_out_of_lists_only() {
        let rename = RequestFault::any(After::rename(NameForm::Trimmed));
        assert!(rename.matches(Some(CreateCustomer::NAME)) && !rename.matches(Some(ListCustomers::NAME)));
        let leave_out = RequestFault::any(After::list_only(10));
        assert!(leave_out.matches(Some(ListCustomers::NAME)) && !leave_out.matches(Some(GetCustomer::NAME)));
        let rename = RequestFault::on::<ListCustomers>(After::rename(NameForm::Trimmed));
        let error = Schedule::from(rename).check().unwrap_err();
        assert!(error.to_string().contains("a rename at create_customer only"), "{error}");
        let leave_out = RequestFault::on::<GetCustomer>(After::list_only(10));
        let error = Schedule::from(leave_out).check().unwrap_err();
        assert!(error.to_string().contains("list_customers only, found it at get_customer"), "{error}");
    }

    #[test]
    fn an_endpoint_is_one_that_there_is() {
        assert_eq!(
            EndpointName::try_from("create_customer".to_owned()).unwrap().as_str(),
            CreateCustomer::NAME
        );
        let error = EndpointName::try_from("create".to_owned()).unwrap_err().to_string();
        assert!(error.contains("list_customers") && error.contains("found \"create\""), "{error}");
    }
}
