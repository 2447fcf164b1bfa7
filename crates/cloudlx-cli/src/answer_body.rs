//! How much of an answer's body a failure shows: never more than a glance.
//!
//! What cannot be read may be anything: a page of a proxy, or a list with other people's data. A call that reads shows
//! nothing of an answer that reported success, for what is wrong and where is said already. A create does, because what
//! came may be the new customer.

use cloudlx_client::{Error, ErrorPayload, RawBody};
use cloudlx_model::ErrorBody;
use cloudlx_validate::plain::{GLANCE_CHARS, Glance};
use serde_json::{Value, json};

/// How many fields of an API's error are shown, and how many messages of each.
const MOST: usize = 10;

/// The body of an answer that reported success to a create, and is not the documented one.
pub(crate) fn of_create(error: &Error) -> Option<String> {
    match error {
        Error::Unexpected { body: Some(body), .. } => Some(body.to_string()),
        _ => None,
    }
}

/// The same for programs, and the body of a refusal: JSON as such where it is short, else a string.
pub(crate) fn for_programs(error: &Error, is_create: bool) -> Option<Value> {
    match (error, error.payload()) {
        (_, Some(ErrorPayload::Api(body))) => Some(json!(short(body))),
        (_, Some(ErrorPayload::Json(value))) => Some(whole_or_glance(value.to_string())),
        (_, Some(ErrorPayload::Text(body))) => Some(whole_or_glance(body.text.clone())),
        (Error::Unexpected { body: Some(body), .. }, _) if is_create => {
            let RawBody { text, .. } = &**body;
            Some(whole_or_glance(text.clone()))
        }
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
