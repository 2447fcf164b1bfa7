//! Who a response comes from: pure functions of its status, its head and its body.
//!
//! Gateways, filters and proxies stand between a client and the API. Each can replace the API's response with its own after
//! the API did its work, and each can give up on an API that is still working. So a status alone proves little about a create.
//! Two things prove something: a body in a form that only the API writes, and a response that can only be given before an
//! application runs.

use reqwest::Url;
use serde_json::Value;

use crate::proof::refusal_form::{is_framework_error, is_rule_violation};
use crate::response::byte_order_mark::without_byte_order_mark;
use crate::response::challenge;
use crate::response::head::ResponseHead;

/// Who a response that is not a success comes from, as far as the response shows. It decides what a failed create proves.
///
/// All of this is inferred: the documentation shows no errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaidBy {
    /// The API: the body is an error as its framework writes it, with `status_code` equal to the status (inferred).
    Api,
    /// A rule of the API: 400 or 422 with JSON that describes in a usual form what is wrong with the request (inferred).
    Rule,
    /// Something that responds before any application runs, so the request was not processed. The table at the
    /// [top of the crate](crate#how-a-create-ends) has the reason for each such response.
    BeforeApplication,
    /// Nobody knows: a gateway, a response filter or a proxy may have sent it after the API did its work.
    Anybody,
}

/// Who a response with this `status`, neither a success nor a redirect, comes from. `whole` is false where `body` is only the
/// beginning of the body.
pub(crate) fn refused_by(status: u16, head: &ResponseHead, body: &[u8], whole: bool) -> SaidBy {
    let json = if whole { serde_json::from_slice::<Value>(without_byte_order_mark(body)).ok() } else { None };
    match (status, &json) {
        // Where a field appears twice, nobody knows which one counts.
        (_, Some(Value::Object(fields)))
            if is_framework_error(status, fields) && has_one_status_code(body) =>
        {
            SaidBy::Api
        }
        (400 | 422, Some(json)) if is_rule_violation(status, json) => SaidBy::Rule,
        (405 | 407 | 413 | 415 | 431, _) => SaidBy::BeforeApplication,
        // Response filters also send 406, with an HTML page.
        (406, _) if !head.is_html() && !body.trim_ascii_start().starts_with(b"<") => {
            SaidBy::BeforeApplication
        }
        // A challenge for a token comes from the part that checks tokens, before the request is processed.
        (401 | 403, _) if head.challenge.as_deref().is_some_and(challenge::asks_for_bearer) => {
            SaidBy::BeforeApplication
        }
        _ => SaidBy::Anybody,
    }
}

/// Who a redirect of a request to `url` comes from. A redirect to the same path elsewhere comes from something before the
/// application. Any other may come from the application, after it did the work.
pub(crate) fn redirected_by(status: u16, url: &Url, location: Option<&str>) -> SaidBy {
    let Some(to) = location.and_then(|location| url.join(location).ok()) else { return SaidBy::Anybody };
    let is_same_path = to.query().is_none() && without_slash(&to) == without_slash(url);
    let is_elsewhere =
        (to.scheme(), to.host(), to.port(), to.path()) != (url.scheme(), url.host(), url.port(), url.path());
    let is_upgrade = url.scheme() == "http"
        && to.scheme() == "https"
        && to.host() == url.host()
        && to.path() == url.path();
    match status {
        301 | 307 | 308 if is_same_path && is_elsewhere => SaidBy::BeforeApplication,
        // Frameworks send 302 after they processed a form. Proxies send it too, to switch to https.
        302 if is_same_path && is_upgrade => SaidBy::BeforeApplication,
        _ => SaidBy::Anybody,
    }
}

fn has_one_status_code(body: &[u8]) -> bool {
    let name = b"\"status_code\"";
    body.windows(name.len()).filter(|window| window == name).count() == 1
}

fn without_slash(url: &Url) -> &str {
    let path = url.path();
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn html() -> ResponseHead {
        ResponseHead { media_type: Some("text/HTML; charset=utf-8".to_owned()), ..ResponseHead::default() }
    }

    fn said_by(status: u16, body: &Value) -> SaidBy {
        refused_by(status, &ResponseHead::default(), body.to_string().as_bytes(), true)
    }

    #[test]
    fn the_framework_repeats_the_status() {
        for status in [400, 401, 403, 404, 409, 422, 429, 500, 503] {
            let body = json!({"message": "No.", "status_code": status});
            assert_eq!(said_by(status, &body), SaidBy::Api, "{status}");
            let debug = json!({"message": "No.", "status_code": status, "code": 7, "debug": {"line": 1}});
            assert_eq!(said_by(status, &debug), SaidBy::Api, "{status}");
        }
        for body in [
            json!({"message": "Forbidden"}),
            json!({"message": "Forbidden", "status_code": 500}),
            json!({"message": "Forbidden", "status_code": "403"}),
            json!({"message": "Forbidden", "statusCode": 403}),
            json!({"message": "Forbidden", "status_code": 403, "code": "E7"}),
            json!({"message": {"text": "Forbidden"}, "status_code": 403}),
            json!({"error": "Forbidden", "status_code": 403}),
            json!([{"message": "Forbidden", "status_code": 403}]),
            json!({"message": "", "status_code": 403}),
            json!({"message": "Forbidden", "status_code": 403, "status": "502"}),
            json!({"message": "Forbidden", "status_code": 403, "statusCode": 500}),
            json!({"message": "Forbidden", "status_code": 403, "errors": [{"status": 500}]}),
        ] {
            assert_eq!(said_by(403, &body), SaidBy::Anybody, "{body}");
        }
    }

    #[test]
    fn behind_503_the_form_has_no_more_than_the_frameworks_fields() {
        let gateway = json!({"message": "upstream", "status_code": 503, "request_id": "7f3a"});
        assert_eq!(said_by(503, &gateway), SaidBy::Anybody);
        let coded = json!({"message": "upstream", "status_code": 503, "code": 503});
        assert_eq!(said_by(503, &coded), SaidBy::Anybody);
        assert_eq!(said_by(503, &json!({"message": "down", "status_code": 503, "code": 7})), SaidBy::Api);
        assert_eq!(said_by(403, &json!({"message": "No.", "status_code": 403, "hint": "x"})), SaidBy::Api);
    }

    #[test]
    fn a_rules_refusal_has_many_forms() {
        for body in [
            json!({"message": "The given data was invalid.", "errors": {"email": ["is taken"]}}),
            json!({"message": "", "errors": {"email": "is taken"}}),
            json!({"errors": ["the e-mail is taken"]}),
            json!({"errors": [{"status": "STATUS", "title": "taken", "source": {"pointer": "/data/email"}}]}),
            json!({"errors": [{"field": "email", "message": "taken"}]}),
            json!({"type": "about:blank", "title": "Invalid", "status": 0, "detail": "email is taken"}),
            json!({"type": "urn:problem", "title": "Invalid", "invalid-params": [{"name": "email"}]}),
            json!({"detail": [{"loc": ["body", "email"], "msg": "taken", "type": "value_error"}]}),
            json!({"violations": [{"propertyPath": "email", "message": "taken"}]}),
            json!({"message": ["email must be an email"], "error": "Bad Request"}),
            json!({"message": {"email": ["is taken"]}}),
            json!({"code": "invalid", "details": [{"field": "email", "issue": "taken"}]}),
            json!({"status": "fail", "data": {"email": "is taken"}}),
            json!({"email": ["is taken"]}),
            json!({"email": "is taken", "realms.0": "does not exist"}),
            json!({"error": {"email": ["is taken"]}}),
            json!([{"field": "email", "message": "taken"}]),
        ] {
            for status in [400, 422] {
                let body = body.to_string().replace("STATUS", &status.to_string());
                let body = body.replace(r#""status":0"#, &format!(r#""status":{status}"#));
                assert_eq!(said_by(status, &serde_json::from_str(&body).unwrap()), SaidBy::Rule, "{body}");
            }
        }
        for body in [
            json!({"message": "email is taken"}),
            json!({"error": {"code": "taken", "message": "email is taken"}}),
            json!({"code": "invalid", "details": "email is taken"}),
        ] {
            assert_eq!(said_by(422, &body), SaidBy::Rule, "{body}");
            assert_eq!(said_by(400, &body), SaidBy::Anybody, "{body}: gateways say 400 so");
        }
    }

    #[test]
    fn what_contradicts_the_status_or_says_nothing_is_no_refusal() {
        for body in [
            json!({"errors": {"email": ["is taken"]}, "status_code": 500}),
            json!({"errors": {"email": ["is taken"]}, "status": "502"}),
            json!({"errors": [{"status": "500", "title": "oops"}]}),
            json!({"type": "about:blank", "title": "Bad Gateway", "status": 502}),
            json!({"error": {"code": 503, "message": "backend"}}),
            json!({"fault": {"code": 502, "message": "upstream"}}),
            json!({"status": "502 Bad Gateway", "errors": ["x"]}),
            json!({"status": 502.0, "errors": ["x"]}),
            json!({"http_status": 502, "errors": ["x"]}),
            json!({"errorCode": 502, "message": ["x"]}),
            json!({"errors": [{"message": "x", "extensions": {"http": {"status": 503}}}]}),
            json!({"success": true, "message": ["created"]}),
            json!({"status": "success", "errors": ["none"]}),
            json!({"id": 7001, "name": "Example Company", "currency": {"iso_3": "GBP"}, "realms": [{"name": "x"}]}),
            json!({"data": {"id": 7001, "name": "Example Company"}}),
            json!({"errors": {}}),
            json!({"errors": []}),
            json!({"email": []}),
            json!({}),
            json!([]),
            json!("invalid"),
            json!(null),
        ] {
            for status in [400, 422] {
                assert_eq!(said_by(status, &body), SaidBy::Anybody, "{body}");
            }
        }
        for status in [402, 403, 404, 409, 418, 500] {
            let body = json!({"errors": {"email": ["is taken"]}});
            assert_eq!(said_by(status, &body), SaidBy::Anybody, "only 400 and 422 are a rule's");
        }
    }

    #[test]
    fn what_is_cut_off_or_says_its_status_twice_proves_nothing() {
        let head = ResponseHead::default();
        let whole = br#"{"message": "No.", "status_code": 403}"#;
        assert_eq!(refused_by(403, &head, whole, true), SaidBy::Api);
        assert_eq!(refused_by(403, &head, whole, false), SaidBy::Anybody);
        let twice = br#"{"status_code": 502, "message": "No.", "status_code": 403}"#;
        assert_eq!(refused_by(403, &head, twice, true), SaidBy::Anybody);
        let page = b" <html><h1>Not acceptable</h1></html>";
        assert_eq!(refused_by(406, &head, page, true), SaidBy::Anybody, "whatever its media type says");
    }

    #[test]
    fn some_statuses_are_said_before_any_application_is_asked() {
        for status in 400..600 {
            let expected = match status {
                405 | 406 | 407 | 413 | 415 | 431 => SaidBy::BeforeApplication,
                _ => SaidBy::Anybody,
            };
            assert_eq!(refused_by(status, &ResponseHead::default(), b"", true), expected, "{status}");
            let page = if status == 406 { SaidBy::Anybody } else { expected };
            assert_eq!(refused_by(status, &html(), b"", true), page, "{status} as a page");
        }
    }

    #[test]
    fn a_challenge_for_a_token_comes_before_the_request_is_processed() {
        let challenged = |challenge: &str| ResponseHead { challenge: Some(challenge.to_owned()), ..html() };
        for challenge in
            ["Bearer", "bearer realm=\"api\"", "Basic realm=\"x\", Bearer error=\"invalid_token\""]
        {
            assert_eq!(
                refused_by(401, &challenged(challenge), b"", true),
                SaidBy::BeforeApplication,
                "{challenge}"
            );
            assert_eq!(
                refused_by(403, &challenged(challenge), b"", true),
                SaidBy::BeforeApplication,
                "{challenge}"
            );
            assert_eq!(refused_by(404, &challenged(challenge), b"", true), SaidBy::Anybody, "{challenge}");
        }
        for challenge in [
            "Basic realm=\"proxy\"",
            "Negotiate",
            "Bearerish",
            "Basic realm=\"for the bearer of a badge\"",
            "Basic realm=\"a, Bearer b\"",
            "Digest realm=bearer, nonce=\"bearer\"",
        ] {
            assert_eq!(refused_by(401, &challenged(challenge), b"", true), SaidBy::Anybody, "{challenge}");
        }
    }

    #[test]
    fn a_redirect_to_the_same_path_elsewhere_is_said_before_any_application_is_asked() {
        use SaidBy::{Anybody, BeforeApplication};

        let url = |scheme: &str| Url::parse(&format!("{scheme}://api.example/v/api/customers")).unwrap();
        for (status, scheme, location, expected) in [
            (301, "http", "https://api.example/v/api/customers", BeforeApplication),
            (302, "http", "https://api.example/v/api/customers", BeforeApplication),
            (303, "http", "https://api.example/v/api/customers", Anybody),
            (307, "http", "https://api.example/v/api/customers", BeforeApplication),
            (308, "http", "https://api.example/v/api/customers", BeforeApplication),
            (308, "https", "https://www.api.example/v/api/customers", BeforeApplication),
            (302, "https", "https://www.api.example/v/api/customers", Anybody),
            (302, "https", "http://api.example/v/api/customers", Anybody),
            (302, "http", "https://api.example/v/api/customers/", Anybody),
            (301, "https", "/v/api/customers/", BeforeApplication),
            (301, "https", "http://api.example/v/api/customers/", BeforeApplication),
            (301, "https", "/v/api/customers", Anybody),
            (307, "https", "https://api.example:443/v/api/customers", Anybody),
            (301, "https", "/v/api/customers?page=1", Anybody),
            (307, "https", "/blocked.html", Anybody),
            (308, "https", "https://login.example/", Anybody),
            (302, "https", "/v/api/customers/7001", Anybody),
            (301, "https", "http://[", Anybody),
            (304, "https", "https://www.api.example/v/api/customers", Anybody),
        ] {
            assert_eq!(
                redirected_by(status, &url(scheme), Some(location)),
                expected,
                "{status} {scheme} {location}"
            );
        }
        assert_eq!(redirected_by(308, &url("https"), None), Anybody);
    }
}
