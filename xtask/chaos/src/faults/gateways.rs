//! Responses of gateways, filters and proxies between the client and the API, and error responses of the API itself.
//!
//! A response that comes after a create was committed proves nothing about it. Responses that prove that nothing was created
//! (the API's own error with every field right, a rule's refusal, a status that no application sends) come before the commit
//! only, where they are true.

mod bodies;

use cloudlx_model::{CreateCustomer, Endpoint as _};
use serde_json::{Value, json};

use self::bodies::{Bodies, Body, FORMS, TEXT, as_json};
use crate::faults::kind::{CREATE, Kind, LIST, TOKEN, Worlds};
use crate::world::Nature;

/// The text of refusals before a request is processed.
const REFUSED: &str = "refused before it was processed";

/// Statuses of refusals without a text, which are sent before an application gets the request.
const REFUSALS_WITHOUT_WORDS: [&str; 5] = [" 405 ", " 407 ", " 413 ", " 415 ", " 431 "];

/// Statuses of gateways, filters and proxies that lost the server behind them or gave up.
const SERVER_ERRORS: [u16; 10] = [500, 501, 502, 503, 504, 507, 511, 520, 524, 529];

/// Statuses by which filters, and proxies that repeat requests, replace a response.
const REFUSALS: [u16; 18] =
    [400, 401, 402, 403, 404, 406, 409, 410, 412, 418, 421, 422, 423, 425, 426, 429, 451, 499];

/// Headers besides the media type.
type Headers = &'static [(&'static str, &'static str)];

/// Headers of responses that prove nothing. None asks for a longer delay than a world allows.
const HEADERS: [Headers; 7] = [
    &[],
    &[("Retry-After", "0"), ("X-Request-Id", "7f3a")],
    &[("Retry-After", "1"), ("Via", "1.1 gateway")],
    &[("Location", "https://login.invalid/")],
    &[("Content-Encoding", "gzip")],
    &[("WWW-Authenticate", "Basic realm=\"proxy\"")],
    &[("Server", "gateway"), ("Set-Cookie", "a=b"), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")],
];

/// The import's reason when a row was refused again after a list had proved that it was not created.
const REFUSED_AGAIN: &str = "the list proved that it was not created, and it was refused again";

/// Whether a row may have ended as refused for this reason.
pub(crate) fn is_refusal(reason: &str) -> bool {
    reason.contains(REFUSED)
        || reason.contains(REFUSED_AGAIN)
        || REFUSALS_WITHOUT_WORDS.iter().any(|status| reason.contains(status))
}

/// The kinds of this family.
pub(crate) fn all() -> Vec<Kind> {
    let mut kinds = for_creates();
    for endpoint in [LIST, TOKEN] {
        kinds.extend(for_reads(endpoint));
    }
    kinds
}

fn for_creates() -> Vec<Kind> {
    let kind = |name: &str, worlds, actions| Kind {
        name: format!("{CREATE} {name}"),
        endpoint: Some(CREATE),
        actions,
        worlds,
    };
    let mut kinds = Vec::new();
    for (group, statuses) in [("5xx", SERVER_ERRORS.as_slice()), ("4xx", &REFUSALS)] {
        for (form, bodies) in FORMS {
            let answers = unproving_answers(statuses, bodies);
            for when in ["before", "after"] {
                let actions = at(when, &answers);
                kinds.push(kind(&format!("{when} {group} in between, {form}"), Worlds::All, actions));
            }
        }
    }
    let (successes, redirects) = (successes(), redirects_elsewhere());
    for (name, answers) in [("a success", &successes), ("a redirect elsewhere", &redirects)] {
        kinds.push(kind(&format!("after {name} in between"), Worlds::All, at("after", answers)));
        let acts = Worlds::Of(Nature::Acts);
        kinds.push(kind(&format!("before {name} in between"), acts, at("before", answers)));
    }
    kinds.push(kind("after the customer in other clothes", Worlds::All, disguised()));
    for (name, answers) in [
        ("a rule's refusal", rule_refusals()),
        ("an answer before any application", before_applications()),
        ("a redirect to the same path", redirects_to_the_same()),
        ("the API's own error", api_errors()),
    ] {
        kinds.push(kind(&format!("before {name}"), Worlds::All, at("before", &answers)));
    }
    kinds
}

/// The kinds for an endpoint that only reads: without a commit, before and after are the same.
fn for_reads(endpoint: &'static str) -> Vec<Kind> {
    let kind = |name: &str, actions| Kind {
        name: format!("{endpoint} {name}"),
        endpoint: Some(endpoint),
        actions,
        worlds: Worlds::All,
    };
    let in_any_form = |statuses: &[u16]| -> Vec<Value> {
        FORMS.iter().flat_map(|(_, bodies)| unproving_answers(statuses, *bodies)).collect()
    };
    let encoded = json!({ "after": { "alter": { "headers": { "Content-Encoding": "gzip" } } } });
    vec![
        kind("5xx in between", at("before", &in_any_form(&SERVER_ERRORS))),
        kind("4xx in between", at("before", &in_any_form(&REFUSALS))),
        kind("a success in between", at("before", &successes())),
        kind("a redirect in between", at("before", &redirects_elsewhere())),
        kind("after called encoded", vec![encoded]),
    ]
}

fn at(when: &str, answers: &[Value]) -> Vec<Value> {
    answers.iter().map(|answer| json!({ when: { "answer": answer } })).collect()
}

fn answer(status: u16, (media_type, text): &Body, headers: Headers) -> Value {
    let media_type = media_type.map(|media_type| ("Content-Type", media_type));
    let headers: serde_json::Map<_, _> = media_type
        .into_iter()
        .chain(headers.iter().copied())
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    json!({ "status": status, "body": { "text": text }, "headers": headers })
}

/// Each status with each of its bodies, and headers in turn.
fn unproving_answers(statuses: &[u16], bodies: Bodies) -> Vec<Value> {
    let each =
        statuses.iter().flat_map(|status| bodies(*status).into_iter().map(move |body| (*status, body)));
    each.zip(HEADERS.iter().cycle()).map(|((status, body), headers)| answer(status, &body, headers)).collect()
}

/// Successes that have nothing to do with a customer, a list or a token.
fn successes() -> Vec<Value> {
    let bodies = [
        (Some("text/html"), format!("<html><body><h1>{TEXT}</h1></body></html>")),
        (None, String::new()),
        as_json(&json!({})),
        as_json(&json!([])),
        as_json(&json!({ "message": TEXT })),
        as_json(&json!({ "message": TEXT, "status_code": 403 })),
        as_json(&json!({ "data": { "status": "accepted" } })),
        (Some("application/json"), "{\"id\":".to_owned()),
    ];
    let headers: [Headers; 3] = [&[], &[("Location", "/welcome")], &[("Content-Encoding", "br")]];
    let each = [200, 201, 202, 203, 206, 207]
        .into_iter()
        .flat_map(|status| bodies.iter().map(move |body| (status, body)));
    each.zip(headers.iter().cycle()).map(|((status, body), headers)| answer(status, body, headers)).collect()
}

/// Redirects that may follow a request that was processed.
fn redirects_elsewhere() -> Vec<Value> {
    let nothing = (None, String::new());
    let page = (Some("text/html"), format!("<a href=\"/\">{TEXT}</a>"));
    let wheres: [Headers; 6] = [
        &[],
        &[("Location", "/welcome")],
        &[("Location", "/blocked.html")],
        &[("Location", "https://login.invalid/?back=1")],
        &[("Location", "../")],
        &[("Location", "http://[")],
    ];
    let each =
        [300, 301, 302, 303, 304, 307, 308].into_iter().flat_map(|status| wheres.map(|to| (status, to)));
    let bodies = [nothing, page];
    let each = each.zip(bodies.iter().cycle());
    each.map(|((status, to), body)| answer(status, body, to)).collect()
}

/// The created customer with a wrong status or wrong headers, or cut off.
fn disguised() -> Vec<Value> {
    let statuses = SERVER_ERRORS.iter().chain(&[401, 403, 404, 409, 410, 423, 499]);
    let statuses = statuses.map(|status| json!({ "alter": { "status": status } }));
    let headers = [
        json!({ "alter": { "headers": { "Content-Encoding": "gzip" } } }),
        json!({ "alter": { "headers": { "Content-Encoding": "br" } } }),
        json!({ "alter": { "status": 503, "headers": { "Retry-After": "0" } } }),
        json!({ "alter": { "status": 302, "headers": { "Location": "/welcome" } } }),
    ];
    let cut = [1, 12, 36]
        .map(|bytes| json!({ "cut-short": { "body_bytes": bytes, "content_length": "of-the-whole" } }));
    statuses.chain(headers).chain(cut).map(|action| json!({ "after": action })).collect()
}

/// Refusals by a rule, in the forms of common frameworks.
fn rule_refusals() -> Vec<Value> {
    let forms = |status: u16| {
        let problem =
            json!({ "type": "about:blank", "title": "Invalid", "status": status, "detail": REFUSED });
        vec![
            as_json(&json!({ "message": "Invalid.", "errors": { "email": [REFUSED] } })),
            as_json(&json!({ "message": "Invalid.", "errors": { "email": REFUSED } })),
            as_json(&json!({ "errors": { "email": [REFUSED] }, "status_code": status })),
            as_json(&json!({ "errors": [{ "status": status.to_string(), "detail": REFUSED }] })),
            as_json(&json!({ "errors": [{ "field": "email", "message": REFUSED }] })),
            as_json(&json!({ "violations": [{ "propertyPath": "email", "message": REFUSED }] })),
            as_json(&json!({ "email": [REFUSED] })),
            (Some("application/problem+json"), problem.to_string()),
        ]
    };
    let each =
        [400, 422].into_iter().flat_map(|status| forms(status).into_iter().map(move |body| (status, body)));
    each.map(|(status, body)| answer(status, &body, &[])).collect()
}

/// Responses that are sent before an application gets the request.
fn before_applications() -> Vec<Value> {
    let page = (Some("text/html"), format!("<html><body><h1>{REFUSED}</h1></body></html>"));
    let json = as_json(&json!({ "message": REFUSED }));
    let nothing = (None, String::new());
    let mut answers = vec![answer(406, &json, &[]), answer(406, &nothing, &[])];
    for status in [405, 407, 413, 415, 431] {
        answers.extend([&page, &json, &nothing].map(|body| answer(status, body, &[])));
    }
    let challenge: Headers = &[("WWW-Authenticate", "Bearer error=\"insufficient_scope\"")];
    answers.push(answer(403, &json, challenge));
    answers.push(answer(401, &page, challenge));
    answers
}

/// Redirects by which a proxy corrects the address.
fn redirects_to_the_same() -> Vec<Value> {
    let path = CreateCustomer::PATH;
    let nothing = (None, String::new());
    let redirect = |status: u16, to: String| {
        let mut answer = answer(status, &nothing, &[]);
        if let Some(headers) = answer.get_mut("headers").and_then(Value::as_object_mut) {
            headers.insert("Location".to_owned(), to.into());
        }
        answer
    };
    let elsewhere = ["https://api.invalid", "http://api.invalid"].map(|origin| format!("{origin}{path}"));
    let wheres = elsewhere.into_iter().chain([format!("{path}/")]);
    wheres.flat_map(|to| [301, 307, 308].map(|status| redirect(status, to.clone()))).collect()
}

/// Errors of the API in its own form, with every field right.
fn api_errors() -> Vec<Value> {
    let body = |status: u16| {
        let body = json!({ "message": REFUSED, "status_code": status });
        (Some(cloudlx_model::MEDIA_TYPE), body.to_string())
    };
    let refusals =
        [400, 402, 403, 404, 409, 410, 418, 422, 423, 451].map(|status| answer(status, &body(status), &[]));
    let later: Headers = &[("Retry-After", "0")];
    let passing = [421, 425, 429, 503].map(|status| answer(status, &body(status), later));
    refusals.into_iter().chain(passing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Status, body and headers of each answer to a create after it was committed.
    fn after_commit() -> Vec<(u64, Option<Value>, String)> {
        let actions = for_creates().into_iter().flat_map(|kind| kind.actions);
        let answers = actions.filter_map(|action| action.pointer("/after/answer").cloned());
        let parts = answers.map(|answer| {
            let text = answer.pointer("/body/text").and_then(Value::as_str).unwrap();
            let headers = answer.get("headers").unwrap().to_string().to_lowercase();
            (answer.get("status").and_then(Value::as_u64).unwrap(), serde_json::from_str(text).ok(), headers)
        });
        parts.collect()
    }

    #[test]
    fn no_answer_after_a_commit_is_one_that_proves_something() {
        let answers = after_commit();
        assert!(answers.len() > 500, "{}", answers.len());
        for (status, body, headers) in answers {
            let said = body.as_ref().and_then(|body| body.get("status_code")).and_then(Value::as_u64);
            let is_whole = body.as_ref().is_some_and(|body| {
                body.get("message").is_some_and(Value::is_string)
                    && body.get("code").is_none_or(Value::is_number)
                    && body.get("request_id").is_none()
            });
            assert!(!(said == Some(status) && is_whole), "{status} {body:?} is the API's own form");
            assert!(!matches!(status, 405 | 407 | 413 | 415 | 431), "{status} is said before an application");
            assert!(status != 406 || headers.contains("text/html"), "406 {headers}");
            assert!(status != 422 || body.is_none() || said != Some(422) && said.is_some(), "422 {body:?}");
            let of_rules = ["errors", "violations", "detail", "email"];
            let is_rules = body.is_some_and(|body| of_rules.iter().any(|field| body.get(field).is_some()));
            assert!(status != 400 || !is_rules, "400 of a rule");
            assert!(!headers.contains("bearer"), "{headers}");
        }
    }

    #[test]
    fn refusals_are_known_by_their_words_or_their_status() {
        assert!(is_refusal(&format!("the API answered 422 Unprocessable Content: {REFUSED}")));
        assert!(is_refusal("the API answered 413 Content Too Large: (no body)"));
        assert!(is_refusal(&format!("{REFUSED_AGAIN}: the API answered 403 Forbidden: {TEXT}")));
        assert!(!is_refusal(&format!("the API answered 403 Forbidden: {TEXT}")));
    }
}
