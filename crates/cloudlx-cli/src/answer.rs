//! How much of an answer a failure shows: of its body never more than a glance, and of its head what the vendor's support
//! asks for.
//!
//! What cannot be read may be anything: a page of a proxy, or a list with other people's data. A call that reads shows
//! nothing of an answer that reported success, for what is wrong and where is said already. A create does, because what
//! came may be the new customer.

use std::fmt;

use cloudlx_client::{Error, ErrorPayload, RawBody};
use cloudlx_model::ErrorBody;
use cloudlx_validate::plain::{GLANCE_CHARS, Glance};
use serde::Serialize;
use serde_json::{Value, json};

/// How many fields of an API's error are shown, and how many messages of each.
const MOST: usize = 10;

/// The body of an answer that reported success to a create, and is not the documented one, or broke off.
pub(crate) fn of_create(error: &Error) -> Option<&RawBody> {
    match error {
        // Encoded bytes say nothing to anybody.
        _ if error.head().is_some_and(|head| head.content_encoding.is_some()) => None,
        Error::Unexpected { body, .. } | Error::NoAnswer { body, .. } => body.as_deref(),
        _ => None,
    }
}

/// What the vendor's support finds a request by.
#[derive(Serialize)]
pub(crate) struct ForSupport<'a> {
    request_id: &'a str,
    /// By the server's clock, as RFC 3339 writes it.
    date: Option<String>,
}

impl<'a> ForSupport<'a> {
    /// Of the answer that the call ended with; none where it has no name.
    pub(crate) fn new(error: &'a Error) -> Option<Self> {
        let head = error.head()?;
        let date = head.date.map(|date| humantime::format_rfc3339_seconds(date).to_string());
        Some(Self { request_id: head.request_id.as_deref()?, date })
    }
}

impl fmt::Display for ForSupport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request id {}", Glance(self.request_id))?;
        self.date.as_ref().map_or(Ok(()), |date| write!(f, " of {date}"))
    }
}

/// What programs are given of either, and of the body of a refusal: JSON as such where it is short, else a string.
pub(crate) fn for_programs(error: &Error, is_create: bool) -> Option<Value> {
    match error.payload() {
        Some(ErrorPayload::Api(body)) => Some(json!(short(body))),
        Some(ErrorPayload::Json(value)) => Some(whole_or_glance(value.to_string())),
        Some(ErrorPayload::Text(body)) => Some(whole_or_glance(body.text.clone())),
        None if is_create => of_create(error).map(|body| whole_or_glance(body.text.clone())),
        _ => None,
    }
}

/// An API's error keeps its form, which programs read; each text is a glance, and there are no more than a few.
fn short(body: &ErrorBody) -> ErrorBody {
    let mut body = body.clone();
    shorten(&mut body.message);
    if let Some(errors) = &mut body.errors {
        errors.0.truncate(MOST);
        for (field, messages) in &mut errors.0 {
            shorten(field);
            messages.truncate(MOST);
            messages.iter_mut().for_each(shorten);
        }
    }
    body
}

fn shorten(text: &mut String) {
    if is_long(text) {
        *text = Glance(text).to_string();
    }
}

fn whole_or_glance(text: String) -> Value {
    if is_long(&text) {
        return json!(Glance(&text).to_string());
    }
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

fn is_long(text: &str) -> bool {
    text.chars().nth(GLANCE_CHARS).is_some()
}
