//! What a fault makes of an answer.

use std::time::Duration;

use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use json_patch::merge;
use serde_json::Value;
use tokio::time::sleep;

use super::action::{
    Action, After, Alteration, Before, ContentLength, Delay, LateCommit, LeaveOut, Lost, Without,
};
use super::canned::page;
use super::rename::NameForm;
use crate::api::answer::Answer;
use crate::wire::raw_script::{Pace, Script, Then};

/// What comes in the place of an answer.
#[derive(Debug)]
pub(crate) enum Instead {
    /// An answer, over HTTP as ever.
    Answer(Answer),
    /// Bytes of the stub's own choosing, and an end of the connection.
    Script(Script),
}

impl Before {
    /// What the caller gets, when the request is not to be processed.
    pub(crate) async fn instead(&self) -> Option<Instead> {
        match self {
            Self::Delay(Delay { by }) => {
                sleep(*by).await;
                None
            }
            Self::Close => Some(Instead::Script(Script::end(Then::Close))),
            Self::Reset => Some(Instead::Script(Script::end(Then::Reset))),
            Self::NeverAnswer => Some(Instead::Script(Script::end(Then::Wait))),
            Self::Answer(canned) => Some(Instead::Answer(canned.answer())),
        }
    }
}

impl After {
    /// Whether all of a long body has to be there before any of it is sent.
    pub(crate) fn needs_the_whole(&self) -> bool {
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

    /// What the caller gets of the answer to a request that was processed. An answer to `HEAD` has no body.
    pub(crate) async fn instead_of(&self, answer: Answer, to_head: bool) -> Instead {
        let whole = if to_head { 0 } else { answer.body.len() };
        let sent = |bytes: Option<usize>| bytes.unwrap_or(whole / 2).min(whole);
        match self {
            Self::Delay(Delay { by }) => {
                sleep(*by).await;
                Instead::Answer(answer)
            }
            Self::Close => Instead::Script(Script::end(Then::Close)),
            Self::NeverAnswer => Instead::Script(Script::end(Then::Wait)),
            Self::Reset(cut) => {
                let bytes = answer.on_the_wire(answer.body.len(), sent(cut.body_bytes));
                Instead::Script(Script { bytes, pace: None, then: Then::Reset })
            }
            Self::CutShort(cut) => {
                let sent = sent(cut.body_bytes);
                let said = match cut.content_length {
                    ContentLength::OfTheWhole => answer.body.len(),
                    ContentLength::OfWhatIsSent => sent,
                };
                let bytes = answer.on_the_wire(said, sent);
                Instead::Script(Script { bytes, pace: None, then: Then::Close })
            }
            Self::Drip(drip) => {
                let answer = answer.with(CONNECTION, HeaderValue::from_static("close"));
                let bytes = answer.on_the_wire(answer.body.len(), whole);
                let pace = Some(Pace { bytes: drip.bytes, every: drip.every });
                Instead::Script(Script { bytes, pace, then: Then::Close })
            }
            Self::Answer(canned) => Instead::Answer(canned.answer()),
            Self::NotJson => {
                let page = page(answer.status).into_bytes();
                Instead::Answer(answer.with_body(page))
            }
            Self::Without(without) => Instead::Answer(without.applied_to(answer)),
            Self::Alter(alteration) => Instead::Answer(alteration.applied_to(answer)),
            Self::CommitLate(LateCommit { then, .. }) => then.instead(),
            Self::Rename(rename) => match &rename.then {
                Some(then) => then.instead(),
                None => Instead::Answer(answer),
            },
            Self::LeaveOut(leave_out) => Instead::Answer(leave_out.applied_to(answer)),
        }
    }
}

impl Lost {
    fn instead(&self) -> Instead {
        match self {
            Self::NeverAnswer => Instead::Script(Script::end(Then::Wait)),
            Self::Close => Instead::Script(Script::end(Then::Close)),
            Self::Answer(canned) => Instead::Answer(canned.answer()),
        }
    }
}

/// How a customer is kept.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Commit<'a> {
    /// How much later it is there.
    pub(crate) later: Duration,
    /// What becomes of its name; nothing when there is none.
    pub(crate) name: Option<&'a NameForm>,
}

impl Action {
    /// How what is created under it is kept.
    pub(crate) fn commit(&self) -> Commit<'_> {
        match self {
            Self::After(After::CommitLate(late)) => Commit { later: late.by, name: None },
            Self::After(After::Rename(rename)) => Commit { later: Duration::ZERO, name: Some(&rename.to) },
            _ => Commit::default(),
        }
    }
}

impl LeaveOut {
    fn applied_to(self, answer: Answer) -> Answer {
        changed(answer, |body| {
            let Some(Value::Array(customers)) = body.get_mut("customers") else { return };
            let start = (self.from.get() - 1).min(customers.len());
            let end =
                self.count.map_or(customers.len(), |count| start.saturating_add(count).min(customers.len()));
            customers.drain(start..end);
        })
    }
}

impl Without {
    fn applied_to(&self, answer: Answer) -> Answer {
        changed(answer, |body| {
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
    fn applied_to(&self, answer: Answer) -> Answer {
        let mut answer = match &self.patch {
            Some(patch) => changed(answer, |body| merge(body, patch)),
            None => answer,
        };
        if let Some(status) = self.status {
            answer.status = status.code();
        }
        if let Some(Ok(media_type)) = self.media_type.as_ref().map(|it| HeaderValue::from_str(it.as_str())) {
            answer = answer.with(CONTENT_TYPE, media_type);
        }
        self.headers.applied_to(answer)
    }
}

/// The same answer with its body changed. One that is not JSON stays as it is.
fn changed(answer: Answer, change: impl FnOnce(&mut Value)) -> Answer {
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
        let answer = Without { pointer: pointer.to_owned() }.applied_to(answer);
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
            let answer = LeaveOut { from, count }.applied_to(answer);
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
        let same = LeaveOut { from: std::num::NonZeroUsize::MIN, count: None }.applied_to(Answer::ok(&error));
        assert_eq!(serde_json::from_slice::<Value>(&same.body).unwrap(), error);
    }

    #[test]
    fn an_answer_is_altered() {
        let alteration = Alteration {
            status: Some(Status::new(201).unwrap()),
            patch: Some(json!({"id": "1", "name": null, "new": [{}]})),
            ..Alteration::default()
        };
        let answer = alteration.applied_to(Answer::ok(&json!({"id": 1, "name": "A", "same": true})));
        assert_eq!(answer.status, StatusCode::CREATED);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body, json!({"id": "1", "new": [{}], "same": true}));
        let same = Alteration::default().applied_to(Answer::ok(&1));
        assert_eq!((same.status, same.body), (StatusCode::OK, b"1".to_vec()));
    }
}
