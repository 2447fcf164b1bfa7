//! `rules.json` and the vectors.

use serde_json::json;
use xtask_compat::Verdict::{Breaking, Compatible, None};

use super::{Edit, RULES_FILE, at, list, request, with};

pub(super) const EDITS: &[Edit] = &[
    ("rule added that refuses what was accepted", Breaking, |it| {
        let bad = r#"{"name": "Mr", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;
        let rule = json!({"code": "title", "path": ["/name"], "message": "expected a name", "source": "inferred",
            "good": "{}", "bad": bad, "cel": "this.name != 'Mr'"});
        list(it, RULES_FILE, "/rules").push(rule);
    }),
    ("rule added for what the schema refused", Breaking, |it| {
        let rule = json!({"code": "wrong-type", "path": ["/name"], "message": "expected a string",
            "source": "page", "good": "{}", "bad": r#"{"name": 1}"#});
        list(it, RULES_FILE, "/rules").push(rule);
    }),
    ("rule removed", Compatible, |it| drop(list(it, RULES_FILE, "/rules").pop())),
    ("rule renamed", Breaking, |it| with(it, RULES_FILE, "/rules/0", "code", json!("empty"))),
    ("expression changed", Breaking, |it| with(it, RULES_FILE, "/rules/2", "cel", json!("false"))),
    ("place added", Breaking, |it| list(it, RULES_FILE, "/rules/0/path").push("/email".into())),
    ("place removed", Compatible, |it| *at(it, RULES_FILE, "/rules/0/path") = json!([])),
    ("bad example that the old version accepts", Breaking, |it| {
        let bad = r#"{"name": "Acme", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;
        with(it, RULES_FILE, "/rules/0", "bad", json!(bad));
    }),
    ("another bad example", None, |it| {
        let bad = r#"{"name": "\t", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;
        with(it, RULES_FILE, "/rules/0", "bad", json!(bad));
    }),
    ("another good example", None, |it| {
        let good = r#"{"name": "Acme", "currency_iso": "CHF", "country_iso": "CH", "realms": []}"#;
        with(it, RULES_FILE, "/rules/0", "good", json!(good));
    }),
    ("message and source changed", None, |it| {
        with(it, RULES_FILE, "/rules/0", "message", json!("expected something to read"));
        with(it, RULES_FILE, "/rules/0", "source", json!("page"));
    }),
    ("list of rules removed", Breaking, |it| drop(it.files.remove(RULES_FILE).unwrap())),
    ("list of rules removed, and a rule named in the schema", Breaking, |it| {
        it.files.remove(RULES_FILE).unwrap();
        let rules = json!({"email-format": "inferred"});
        request(it, "email", "x-cloudlx-rules", rules);
    }),
    ("valid vector turned invalid", Breaking, |it| {
        with(it, "vectors/valid/minimal.json", "", "valid", json!(false));
    }),
    ("invalid vector turned valid", Compatible, |it| {
        with(it, "vectors/invalid/sub-realm-not-shown.json", "", "valid", json!(true));
    }),
    ("good example that the new version refuses", Breaking, |it| {
        with(it, RULES_FILE, "/rules/0", "good", json!("{}"));
    }),
    ("level added", None, |it| with(it, RULES_FILE, "/rules/0", "level", json!("inferred"))),
    ("level of another kind added", Breaking, |it| with(it, RULES_FILE, "/rules/0", "level", json!("error"))),
    ("part of a rule that is not understood", Breaking, |it| {
        with(it, RULES_FILE, "/rules/0", "applies", json!("always"));
    }),
    ("part of the list that is not understood", Breaking, |it| {
        with(it, RULES_FILE, "", "mode", json!("strict"));
    }),
    ("rule named at another field of the schema", Breaking, |it| {
        request(it, "email", "x-cloudlx-rules", json!({"blank": "inferred"}));
    }),
];
