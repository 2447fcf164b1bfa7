//! The result of a check, call by call.

use std::fmt;

use cloudlx_client::{RawAnswer, Retry, without_byte_order_mark};
use cloudlx_model::{AccessTokenRequest, Endpoint, EndpointInfo};
use serde::Serialize;
use serde_json::Value;

use crate::compare::{ComparedResponse, NewFields};
use crate::contract::Contract;
use crate::finding::{Addition, Change, Finding};
use crate::observe::{Observation, Observed};

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The worst verdict of all calls. None when no response could be compared.
    pub verdict: Option<Verdict>,
    /// Whether every call got the response that it asked for. A call that was not checked may have drifted unnoticed.
    pub complete: bool,
    /// The calls, in the order in which they were made.
    pub calls: Vec<CallReport>,
    /// What to add to the contract for the new fields of all calls.
    pub additions: Vec<Addition>,
}

/// How a response compares with the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing differs.
    Same,
    /// Only new fields differ: readers that ignore unknown fields continue to work.
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

/// The result of one call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CallReport {
    /// The call's name.
    pub endpoint: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The status of the response, where one arrived.
    pub status: Option<u16>,
    /// How the response compares with the contract. None when the call was not checked and nothing was found.
    pub verdict: Option<Verdict>,
    /// Whether the client of this workspace can read the response, even where it has drifted. None where the response is no success,
    /// and for a list in pages, because one page does not show whether all can be read.
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
    /// The kind of reason.
    pub why: Why,
    /// The reason in words, with the remedy.
    pub message: String,
}

/// The kind of reason why a call was not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// The call was not needed, or could not be made without the result of another. Nothing is wrong with it.
    NotNeeded,
    /// The server refused the call, and would refuse it again.
    Refused,
    /// The server did not respond, or was too busy.
    TryAgain,
}

impl Report {
    /// Whether the client of this workspace can read every response that has drifted. If so, only other readers may fail.
    #[must_use]
    pub fn client_copes(&self) -> bool {
        let mut drifted = self.calls.iter().filter(|call| call.verdict == Some(Verdict::Drifted));
        drifted.all(|call| call.readable == Some(true))
    }
}

impl Contract {
    /// Compares everything that was observed with the contract.
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
        let (why, message) = match &observation.observed {
            Observed::Answer(answer) if answer.retry() != Retry::Useless => {
                report.status = Some(answer.status.as_u16());
                let message = format!("expected 200, the server answered {}: try again later", answer.status);
                (Why::TryAgain, message)
            }
            Observed::Answer(answer) => {
                self.compare_answer(&mut report, endpoint, answer, new_fields);
                return report;
            }
            Observed::Failed(error) => {
                report.status = error.status().map(|status| status.as_u16());
                let why = if error.retry() == Retry::Useless { Why::Refused } else { Why::TryAgain };
                (why, with_causes(error))
            }
            Observed::TokenGiven => {
                let message = "an access token was given, so none was asked for: give the client's id and secret to \
                               check this call";
                (Why::NotNeeded, message.to_owned())
            }
            Observed::NoToken => (Why::NotNeeded, "not made, for there is no access token".to_owned()),
            Observed::NoCustomer => {
                let message = "the list has no customer with an id that can be read: check again when it has";
                (Why::NotNeeded, message.to_owned())
            }
        };
        report.not_checked = Some(NotChecked { why, message });
        report
    }

    /// Adds to `report` how a response compares with the contract.
    fn compare_answer(
        &self,
        report: &mut CallReport,
        endpoint: &EndpointInfo,
        answer: &RawAnswer,
        new_fields: &mut NewFields,
    ) {
        let status = answer.status.as_u16();
        report.status = Some(status);
        let (media_type, body) = (answer.media_type.as_deref(), answer.body.as_slice());
        let paging = answer.paging_of_head().clone();
        let compared = ComparedResponse { endpoint, status, media_type, body, paging };
        report.findings = if is_error_instead_of_token(endpoint, answer) {
            self.compare_and_collect(compared, &mut NewFields::default())
        } else {
            self.compare_and_collect(compared, new_fields)
        };
        // One page does not show whether the client can read all pages of the list.
        let is_paged = |finding: &Finding| matches!(finding.change, Change::Paged { .. });
        let is_checked = answer.status.is_success() && !report.findings.iter().any(is_paged);
        report.readable = is_checked.then_some(answer.unusable.is_none());
        let is_new = |found: &String| !report.findings.iter().any(|finding| finding.explains(found));
        if let Some(found) = answer.unusable.clone().filter(is_new) {
            report.findings.push(Finding::for_response(Change::Unusable { found }));
        }
        if self.media_types(endpoint, status).is_some() && !answer.status.is_success() {
            let message = format!(
                "expected 200, the server answered {}: check the credentials, their permissions and the base URL",
                answer.status
            );
            report.not_checked = Some(NotChecked { why: Why::Refused, message });
        }
        let worst = report
            .findings
            .iter()
            .map(|finding| if finding.change.is_additive() { Verdict::Additive } else { Verdict::Drifted });
        let at_least = answer.status.is_success().then_some(Verdict::Same);
        report.verdict = worst.max().or(at_least);
    }
}

/// Whether a response to the token request is an error with a status of success. The fields of the error must not be suggested
/// as additions to the token.
fn is_error_instead_of_token(endpoint: &EndpointInfo, answer: &RawAnswer) -> bool {
    let body = || serde_json::from_slice::<Value>(without_byte_order_mark(&answer.body)).unwrap_or_default();
    endpoint.name == AccessTokenRequest::NAME && answer.unusable.is_some() && body().get("error").is_some()
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
