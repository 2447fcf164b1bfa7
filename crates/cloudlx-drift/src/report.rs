//! What a check found, call by call.

use std::fmt;

use cloudlx_client::{RawAnswer, Retry};
use cloudlx_model::{AccessTokenRequest, Endpoint, EndpointInfo};
use serde::Serialize;
use serde_json::Value;

use crate::compare::{Compared, NewFields, without_mark};
use crate::contract::Contract;
use crate::finding::{Addition, Change, Finding};
use crate::observe::{Observation, Observed};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The worst that was found in any call; none when no answer could be compared.
    pub verdict: Option<Verdict>,
    /// Whether every call was made and answered with what it asked for. What was not checked may have drifted unseen.
    pub complete: bool,
    /// The calls, in the order in which they were made.
    pub calls: Vec<CallReport>,
    /// What to add to the contract for all the new fields, those of all calls together.
    pub additions: Vec<Addition>,
}

/// How what came compares to what is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is the same, as far as it was checked.
    Same,
    /// There are new fields and nothing else: readers go on.
    Additive,
    /// Readers may fail.
    Drifted,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Same => "same",
            Self::Additive => "additive",
            Self::Drifted => "drifted",
        })
    }
}

/// What a check found in one call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CallReport {
    /// The call's name.
    pub endpoint: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The status of the answer, where one came.
    pub status: Option<u16>,
    /// How the answer compares; none when the call was not checked and nothing was found.
    pub verdict: Option<Verdict>,
    /// Whether the client of this workspace reads the answer, also where it has drifted; none where there is no success to
    /// read, and for a list in pages, of which one answer does not say whether all can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readable: Option<bool>,
    /// Why the call was not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_checked: Option<NotChecked>,
    /// The differences.
    pub findings: Vec<Finding>,
}

/// Why a call was not checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotChecked {
    /// What kept it from being checked.
    pub why: Why,
    /// The same in words, with what to do about it.
    pub message: String,
}

/// What kept a call from being checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// There was nothing to ask for, which is in order.
    NotNeeded,
    /// The server refused, and would again.
    Refused,
    /// The server did not answer, or said that it could not just now.
    TryAgain,
}

impl Report {
    /// Whether the client of this workspace reads everything that has drifted: then only other readers may fail.
    #[must_use]
    pub fn client_copes(&self) -> bool {
        let mut drifted = self.calls.iter().filter(|call| call.verdict == Some(Verdict::Drifted));
        drifted.all(|call| call.readable == Some(true))
    }
}

impl Contract {
    /// Holds all that was observed against the contract.
    #[must_use]
    pub fn report(&self, observations: &[Observation]) -> Report {
        let mut new_fields = NewFields::default();
        let calls: Vec<_> =
            observations.iter().map(|observation| self.call_report(observation, &mut new_fields)).collect();
        Report {
            verdict: calls.iter().filter_map(|call| call.verdict).max(),
            complete: calls.iter().all(|call| call.not_checked.is_none()),
            calls,
            additions: new_fields.into_additions(),
        }
    }

    fn call_report(&self, observation: &Observation, new_fields: &mut NewFields) -> CallReport {
        let endpoint = &observation.endpoint;
        let mut report = CallReport {
            endpoint: endpoint.name,
            method: endpoint.method.as_str(),
            path: observation.path.clone(),
            status: None,
            verdict: None,
            readable: None,
            not_checked: None,
            findings: Vec::new(),
        };
        let not_checked = |why, message: String| Some(NotChecked { why, message });
        match &observation.observed {
            Observed::Answer(answer) => {
                let status = answer.status.as_u16();
                report.status = Some(status);
                let busy = answer.retry() != Retry::Useless;
                if busy {
                    let message =
                        format!("expected 200, the server answered {}: try again later", answer.status);
                    report.not_checked = not_checked(Why::TryAgain, message);
                    return report;
                }
                let (media_type, body) = (answer.media_type.as_deref(), answer.body.as_slice());
                let paging = answer.paging_of_head().clone();
                let compared = Compared { endpoint, status, media_type, body, paging };
                report.findings = if is_error_instead_of_token(endpoint, answer) {
                    self.compare_and_collect(compared, &mut NewFields::default())
                } else {
                    self.compare_and_collect(compared, new_fields)
                };
                // Whether the client reads all pages of a list, one of them does not say.
                let is_paged = |finding: &Finding| matches!(finding.change, Change::Paged { .. });
                let is_checked = answer.status.is_success() && !report.findings.iter().any(is_paged);
                report.readable = is_checked.then_some(answer.unusable.is_none());
                let is_new = |found: &String| !report.findings.iter().any(|finding| finding.explains(found));
                if let Some(found) = answer.unusable.clone().filter(is_new) {
                    report.findings.push(Finding::of_the_answer(Change::Unusable { found }));
                }
                let is_documented = self.media_types(endpoint, status).is_some();
                if is_documented && !answer.status.is_success() {
                    let message = format!(
                        "expected 200, the server answered {}: check the credentials, their permissions and the base URL",
                        answer.status
                    );
                    report.not_checked = not_checked(Why::Refused, message);
                }
                let worst = report.findings.iter().map(|finding| {
                    if finding.change.is_additive() { Verdict::Additive } else { Verdict::Drifted }
                });
                let at_least = answer.status.is_success().then_some(Verdict::Same);
                report.verdict = worst.max().or(at_least);
            }
            Observed::Failed(error) => {
                report.status = error.status().map(|status| status.as_u16());
                let why = if error.retry() == Retry::Useless { Why::Refused } else { Why::TryAgain };
                report.not_checked = not_checked(why, with_causes(error));
            }
            Observed::TokenGiven => {
                let message = "an access token was given, so none was asked for: give the client's id and secret to \
                               check this call";
                report.not_checked = not_checked(Why::NotNeeded, message.to_owned());
            }
            Observed::NoToken => {
                let message = "not made, for there is no access token";
                report.not_checked = not_checked(Why::NotNeeded, message.to_owned());
            }
            Observed::NoCustomer => {
                let message = "the list has no customer with an id that can be read: check again when it has";
                report.not_checked = not_checked(Why::NotNeeded, message.to_owned());
            }
        }
        report
    }
}

/// Whether an answer to the request of a token has an error in its place: the error's fields are none of the token's, which
/// nobody is to add to it.
fn is_error_instead_of_token(endpoint: &EndpointInfo, answer: &RawAnswer) -> bool {
    let body = || serde_json::from_slice::<Value>(without_mark(&answer.body)).unwrap_or_default();
    endpoint.name == AccessTokenRequest::NAME && answer.unusable.is_some() && body().get("error").is_some()
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
