//! Giving out tokens.
//!
//! Callers send the fields as JSON, as a form, or in the query (sdk), so all three come together here, the body over
//! the query. What is wrong with a field is said without quoting it: it could be a secret in the wrong place.

use std::collections::BTreeMap;

use cloudlx_model::{AccessTokenRequest, Endpoint, RefreshTokenRequest};
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::api::answer::Answer;
use crate::api::call::{Answering, Call};
use crate::api::content_type::Content;
use crate::api::resources::Resources;
use crate::auth::{Caller, TokenKind, new_pair};

/// A token for a client's id and secret (sibling).
pub(crate) fn access_token<'a>(resources: &'a Resources, call: &'a Call<'a>) -> Answering<'a> {
    let blank = AccessTokenRequest::new("", "");
    Box::pin(async move {
        let request = read(call, &blank)?;
        let caller = client(resources, &request.client_id, &request.client_secret)?;
        issue(resources, &caller).await
    })
}

/// A token for a refresh token, and the client's id and secret (sdk).
pub(crate) fn refresh_token<'a>(resources: &'a Resources, call: &'a Call<'a>) -> Answering<'a> {
    let blank = RefreshTokenRequest::new("", "", "");
    Box::pin(async move {
        let request = read(call, &blank)?;
        let caller = client(resources, &request.client_id, &request.client_secret)?;
        let token = request.refresh_token.expose_secret();
        let granted = resources.store.find(TokenKind::Refresh, token).await?;
        if !granted.is_ok_and(|granted| granted.client_id == caller.client_id) {
            let message = format!(
                "expected a live refresh token of this client, found another: get new tokens from POST {}",
                AccessTokenRequest::PATH
            );
            return Err(unauthorized(&message));
        }
        issue(resources, &caller).await
    })
}

/// A new pair of tokens for an authenticated client.
async fn issue(resources: &Resources, caller: &Caller) -> Result<Answer, Answer> {
    let pair = new_pair(resources.lifetimes).map_err(|error| {
        let message = format!("could not make a token, the system gave no random bytes: {error}");
        Answer::error(StatusCode::INTERNAL_SERVER_ERROR, message)
    })?;
    resources.store.add_tokens(&pair, caller).await?;
    // A token is for its caller and no cache (RFC 6749, 5.1).
    Ok(Answer::ok(&pair).with(CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

/// The client with this id and secret.
fn client(resources: &Resources, id: &str, secret: &SecretString) -> Result<Caller, Answer> {
    resources.clients.find(id, secret).ok_or_else(|| {
        unauthorized(
            "expected the id and secret of a client, found another pair: check client_id and client_secret",
        )
    })
}

/// The answer to wrong credentials is 401 (inferred).
fn unauthorized(message: &str) -> Answer {
    Answer::error(StatusCode::UNAUTHORIZED, message)
        .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

/// The request in a call, wherever its fields stand. `blank` says which fields there are, and the ones that have one
/// possible value have it already: so the model stays the only place that names them.
fn read<T: Serialize + DeserializeOwned>(call: &Call<'_>, blank: &T) -> Result<T, Answer> {
    let found = fields(call)?;
    let expected: BTreeMap<String, Value> =
        serde_json::to_value(blank).and_then(serde_json::from_value).map_err(|_| unreadable())?;
    let errors = errors(&expected, &found);
    if !errors.is_empty() {
        return Err(Answer::invalid_fields(errors));
    }
    serde_json::from_value(found.into_iter().collect()).map_err(|_| unreadable())
}

/// The fields that came: the query's, and over them the body's. Of a name that comes twice the last one counts.
fn fields(call: &Call<'_>) -> Result<BTreeMap<String, Value>, Answer> {
    let mut fields = from_form(call.head.uri.query().unwrap_or_default().as_bytes());
    match call.content {
        _ if call.body.is_empty() => {}
        Content::Form => fields.extend(from_form(call.body)),
        Content::Json => match serde_json::from_slice(call.body) {
            Ok(Value::Object(object)) => fields.extend(object),
            Ok(other) => {
                let message =
                    format!("expected a JSON object, found {}: put the fields into one", kind(&other));
                return Err(Answer::invalid_fields(vec![(String::new(), vec![message])]));
            }
            // Syntax errors say what was expected and where; they do not quote the text.
            Err(error) => {
                let message = format!("expected JSON, found something else: {error}");
                return Err(Answer::error(StatusCode::BAD_REQUEST, message));
            }
        },
    }
    Ok(fields)
}

fn from_form(text: &[u8]) -> BTreeMap<String, Value> {
    form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), Value::from(value))).collect()
}

/// What is wrong with `found`, by field name.
fn errors(expected: &BTreeMap<String, Value>, found: &BTreeMap<String, Value>) -> Vec<(String, Vec<String>)> {
    let mut errors = BTreeMap::new();
    for (name, fixed) in expected {
        let fixed = fixed.as_str().unwrap_or_default();
        let wrong = match found.get(name) {
            None if fixed.is_empty() => "expected a string, found no such field: add it".to_owned(),
            None => format!("expected \"{fixed}\", found no such field: add it"),
            Some(Value::String(text)) if fixed.is_empty() || text == fixed => continue,
            Some(Value::String(_)) => format!("expected \"{fixed}\", found another value: write \"{fixed}\""),
            Some(other) => format!("expected a string, found {}: write it as a string", kind(other)),
        };
        errors.insert(name.clone(), vec![wrong]);
    }
    let names: Vec<_> = expected.keys().map(String::as_str).collect();
    for name in found.keys().filter(|name| !expected.contains_key(*name)) {
        let wrong = format!("expected only {}, found this field: leave it out", names.join(", "));
        errors.insert(name.clone(), vec![wrong]);
    }
    errors.into_iter().collect()
}

/// Nothing comes here: fields that have no errors make a request.
fn unreadable() -> Answer {
    Answer::error(
        StatusCode::UNPROCESSABLE_ENTITY,
        "expected a token request, found something else: check its fields",
    )
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
