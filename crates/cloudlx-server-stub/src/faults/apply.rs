//! What a fault makes of an answer.

use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use json_patch::merge;
use serde_json::Value;
use tokio::time::sleep;

use super::action::{Action, After, Alteration, Before, ContentLength, Delay, LateCommit, Lost, Without};
use super::canned::page;
use crate::answer::Answer;
use crate::script::{Pace, Script, Then};

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
            Self::CommitLate(LateCommit { then, .. }) => match then {
                Lost::NeverAnswer => Instead::Script(Script::end(Then::Wait)),
                Lost::Close => Instead::Script(Script::end(Then::Close)),
                Lost::Answer(canned) => Instead::Answer(canned.answer()),
            },
        }
    }
}

impl Action {
    /// How much later a customer appears.
    pub(crate) fn commits_late_by(&self) -> std::time::Duration {
        match self {
            Self::After(After::CommitLate(late)) => late.by,
            _ => std::time::Duration::ZERO,
        }
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
        match self.media_type.as_ref().map(|media_type| HeaderValue::from_str(media_type.as_str())) {
            Some(Ok(media_type)) => answer.with(CONTENT_TYPE, media_type),
            _ => answer,
        }
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
    fn an_answer_is_altered() {
        let alteration = Alteration {
            status: Some(Status::new(201).unwrap()),
            media_type: None,
            patch: Some(json!({"id": "1", "name": null, "new": [{}]})),
        };
        let answer = alteration.applied_to(Answer::ok(&json!({"id": 1, "name": "A", "same": true})));
        assert_eq!(answer.status, StatusCode::CREATED);
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body, json!({"id": "1", "new": [{}], "same": true}));
        let same = Alteration::default().applied_to(Answer::ok(&1));
        assert_eq!((same.status, same.body), (StatusCode::OK, b"1".to_vec()));
    }
}
