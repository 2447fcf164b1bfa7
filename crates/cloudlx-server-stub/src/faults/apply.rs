//! Applies a fault to a request and its answer.

use std::time::Duration;

use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use json_patch::merge;
use serde_json::Value;
use tokio::time::sleep;

use super::action::{Action, After, Alteration, Before, ContentLength, Delay, LateCommit, LeaveOut, Without};
use super::canned::html_page;
use super::lost::Lost;
use super::rename::NameForm;
use crate::api::answer::Answer;
use crate::api::commit::{Commit, Renames};
use crate::wire::raw_script::{Pace, RawScript, Then};

/// How a request ends.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With an answer over HTTP.
    Answer(Answer),
    /// With raw bytes, and the end of the connection.
    Script(RawScript),
}

impl Before {
    /// How the request ends without being processed; none after a delay, because the request is then processed.
    pub(super) async fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Delay(Delay { by }) => {
                sleep(*by).await;
                None
            }
            Self::Close => Some(Outcome::Script(RawScript::end(Then::Close))),
            Self::Reset => Some(Outcome::Script(RawScript::end(Then::Reset))),
            Self::NeverAnswer => Some(Outcome::Script(RawScript::end(Then::Wait))),
            Self::Answer(canned) => Some(Outcome::Answer(canned.answer())),
        }
    }
}

impl After {
    /// Whether the fault needs the whole body before any of it is sent.
    pub(super) fn needs_whole_body(&self) -> bool {
        match self {
            Self::Reset(_)
            | Self::CutShort(_)
            | Self::Drip(_)
            | Self::Without(_)
            | Self::Alter(_)
            | Self::LeaveOut(_) => true,
            Self::Delay(_)
            | Self::Close
            | Self::NeverAnswer
            | Self::Answer(_)
            | Self::NotJson
            | Self::CommitLate(_)
            | Self::Rename(_) => false,
        }
    }

    /// How a processed request ends. An answer to `HEAD` has no body.
    pub(super) async fn outcome(&self, answer: Answer, to_head: bool) -> Outcome {
        let whole = if to_head { 0 } else { answer.body.len() };
        let sent = |bytes: Option<usize>| bytes.unwrap_or(whole / 2).min(whole);
        match self {
            Self::Delay(Delay { by }) => {
                sleep(*by).await;
                Outcome::Answer(answer)
            }
            Self::Close => Outcome::Script(RawScript::end(Then::Close)),
            Self::NeverAnswer => Outcome::Script(RawScript::end(Then::Wait)),
            Self::Reset(cut) => {
                let bytes = answer.on_the_wire(answer.body.len(), sent(cut.body_bytes));
                Outcome::Script(RawScript { bytes, pace: None, then: Then::Reset })
            }
            Self::CutShort(cut) => {
                let sent = sent(cut.body_bytes);
                let content_length = match cut.content_length {
                    ContentLength::OfTheWhole => answer.body.len(),
                    ContentLength::OfWhatIsSent => sent,
                };
                let bytes = answer.on_the_wire(content_length, sent);
                Outcome::Script(RawScript { bytes, pace: None, then: Then::Close })
            }
            Self::Drip(drip) => {
                let answer = answer.with(CONNECTION, HeaderValue::from_static("close"));
                let bytes = answer.on_the_wire(answer.body.len(), whole);
                let pace = Some(Pace { bytes: drip.bytes, every: drip.every });
                Outcome::Script(RawScript { bytes, pace, then: Then::Close })
            }
            Self::Answer(canned) => Outcome::Answer(canned.answer()),
            Self::NotJson => {
                let html = html_page(answer.status).into_bytes();
                Outcome::Answer(answer.with_body(html))
            }
            Self::Without(without) => Outcome::Answer(without.apply_to(answer)),
            Self::Alter(alteration) => Outcome::Answer(alteration.apply_to(answer)),
            Self::CommitLate(LateCommit { then, .. }) => then.outcome(),
            Self::Rename(rename) => match &rename.then {
                Some(then) => then.outcome(),
                None => Outcome::Answer(answer),
            },
            Self::LeaveOut(leave_out) => Outcome::Answer(leave_out.apply_to(answer)),
        }
    }
}

impl Lost {
    fn outcome(&self) -> Outcome {
        match self {
            Self::NeverAnswer => Outcome::Script(RawScript::end(Then::Wait)),
            Self::Close => Outcome::Script(RawScript::end(Then::Close)),
            Self::Answer(canned) => Outcome::Answer(canned.answer()),
        }
    }
}

impl Action {
    /// How a create stores its customer under this fault.
    pub(super) fn commit(&self) -> Commit<'_> {
        match self {
            Self::After(After::CommitLate(late)) => Commit { later: late.by, rename: None },
            Self::After(After::Rename(rename)) => Commit { later: Duration::ZERO, rename: Some(&rename.to) },
            Self::Before(_) | Self::After(_) => Commit::default(),
        }
    }
}

impl Renames for NameForm {
    fn renamed(&self, name: &str) -> String {
        self.of(name)
    }
}

impl LeaveOut {
    fn apply_to(self, answer: Answer) -> Answer {
        change_body(answer, |body| {
            let Some(Value::Array(customers)) = body.get_mut("customers") else { return };
            let start = (self.from.get() - 1).min(customers.len());
            let end =
                self.count.map_or(customers.len(), |count| start.saturating_add(count).min(customers.len()));
            customers.drain(start..end);
        })
    }
}

impl Without {
    fn apply_to(&self, answer: Answer) -> Answer {
        change_body(answer, |body| {
            let Some((parent, name)) = self.pointer.rsplit_once('/') else { return };
            match body.pointer_mut(parent) {
                Some(Value::Object(fields)) => {
                    fields.remove(&name.replace("~1", "/").replace("~0", "~"));
                }
                Some(Value::Array(items)) => {
                    if let Some(index) = name.parse().ok().filter(|index| *index < items.len()) {
                        items.remove(index);
                    }
                }
                _ => {}
            }
        })
    }
}

impl Alteration {
    fn apply_to(&self, answer: Answer) -> Answer {
        let mut answer = match &self.patch {
            Some(patch) => change_body(answer, |body| merge(body, patch)),
            None => answer,
        };
        if let Some(status) = self.status {
            answer.status = status.code();
        }
        if let Some(Ok(media_type)) = self.media_type.as_ref().map(|it| HeaderValue::from_str(it.as_str())) {
            answer = answer.with(CONTENT_TYPE, media_type);
        }
        self.headers.apply_to(answer)
    }
}

/// The answer with its JSON body changed. A body that is not JSON stays as it is.
fn change_body(answer: Answer, change: impl FnOnce(&mut Value)) -> Answer {
    let Ok(mut body) = serde_json::from_slice(&answer.body) else { return answer };
    change(&mut body);
    answer.with_body(body.to_string().into_bytes())
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;
    use serde_json::json;

    use super::super::canned::Status;
    use super::*;

    fn without(pointer: &str) -> Value {
        let answer = Answer::ok(&json!({"a": [1, {"b/c": 2}], "d": null}));
        let answer = Without { pointer: pointer.to_owned() }.apply_to(answer);
        serde_json::from_slice(&answer.body).unwrap()
    }

    #[test]
    fn a_value_is_left_out() {
        assert_eq!(without("/d"), json!({"a": [1, {"b/c": 2}]}));
        assert_eq!(without("/a/1/b~1c"), json!({"a": [1, {}], "d": null}));
        assert_eq!(without("/a/0"), json!({"a": [{"b/c": 2}], "d": null}));
        for nothing in ["", "d", "/x", "/a/2", "/a/x", "/d/e"] {
            assert_eq!(without(nothing), json!({"a": [1, {"b/c": 2}], "d": null}), "{nothing}");
        }
    }

    #[test]
    fn customers_are_left_out() {
        let left = |from, count| {
            let answer = Answer::ok(&json!({"customers": [1, 2, 3, 4, 5]}));
            let from = std::num::NonZeroUsize::new(from).unwrap();
            let answer = LeaveOut { from, count }.apply_to(answer);
            serde_json::from_slice::<Value>(&answer.body).unwrap()["customers"].clone()
        };
        assert_eq!(left(1, Some(2)), json!([3, 4, 5]));
        assert_eq!(left(2, Some(1)), json!([1, 3, 4, 5]));
        assert_eq!(left(4, None), json!([1, 2, 3]));
        assert_eq!(left(5, Some(usize::MAX)), json!([1, 2, 3, 4]));
        for (from, count) in [(6, None), (1, Some(0)), (usize::MAX, Some(1))] {
            assert_eq!(left(from, count), json!([1, 2, 3, 4, 5]));
        }
        let error = json!({"message": "customers"});
        let same = LeaveOut { from: std::num::NonZeroUsize::MIN, count: None }.apply_to(Answer::ok(&error));
        assert_eq!(serde_json::from_slice::<Value>(&same.body).unwrap(), error);
    }

    #[test]
    fn an_answer_is_altered() {
        let alteration = Alteration {
            status: Some(Status::new(201).unwrap()),
            patch: Some(json!({"id": "1", "name": null, "new": [{}]})),
            ..Alteration::default()
        };
        let answer = alteration.apply_to(Answer::ok(&json!({"id": 1, "name": "A", "same": true})));
        assert_eq!(answer.status, StatusCode::CREATED);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body, json!({"id": "1", "new": [{}], "same": true}));
        let same = Alteration::default().apply_to(Answer::ok(&1));
        assert_eq!((same.status, same.body), (StatusCode::OK, b"1".to_vec()));
    }
}
