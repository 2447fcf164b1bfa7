//! What each rule is about: its words, where it comes from, where it looks, and an example of either kind.

use serde::Serialize;

/// Where a fact about the API comes from. The page wins over all else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The vendor's page for `POST /api/customers`, the contract of record.
    Page,
    /// Another page of the same documentation.
    Sibling,
    /// The vendor's PHP SDK, or programs in public that call the API.
    Sdk,
    /// Nobody documents it: our reading.
    Inferred,
}

/// What a [`Rule`](crate::Rule) is about. The examples are whole documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleInfo {
    /// The stable code, in kebab case.
    pub code: &'static str,
    /// What a violation says, with `{expected}`, `{found}` and `{remedy}` for what differs from one to the next; where a
    /// remedy is not always known, it brings its own `: ` along.
    pub message: &'static str,
    /// Where the rule comes from.
    pub source: Source,
    /// The places that it looks at, as pointers with `*` for any field or index.
    pub places: &'static [&'static str],
    /// A document that meets the rule.
    pub good: &'static str,
    /// A document that breaks this rule and no other.
    pub bad: &'static str,
    /// Where `bad` breaks it.
    pub bad_pointer: &'static str,
    /// For a rule that JSON Schema cannot say and a document alone can: the rule as a CEL expression over `this`, a document
    /// that meets its JSON Schema. True when the rule is met. About each element of an array on its own, so that an array
    /// of that one element gives the verdict on it.
    pub cel: Option<&'static str>,
}

/// The least that a request can hold.
const LEAST: &str =
    r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#;

pub(super) const JSON_SYNTAX: RuleInfo = RuleInfo {
    code: "json-syntax",
    message: "expected JSON, found a mistake, {found}: {remedy}",
    source: Source::Page,
    places: &[""],
    good: LEAST,
    bad: r#"{"name": "Example Company",}"#,
    bad_pointer: "",
    cel: None,
};

pub(super) const WRONG_TYPE: RuleInfo = RuleInfo {
    code: "wrong-type",
    message: "expected {expected}, found {found}{remedy}",
    source: Source::Page,
    places: &["", "/*", "/realms/*", "/shown_sub_realms/*", "/enabled_sub_realms/*"],
    good: LEAST,
    bad: r#"{"name": 1, "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/name",
    cel: None,
};

pub(super) const MISSING_FIELD: RuleInfo = RuleInfo {
    code: "missing-field",
    message: "expected the field {expected}, found none: add it",
    source: Source::Inferred,
    places: &["/name", "/currency_iso", "/country_iso", "/realms"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB"}"#,
    bad_pointer: "/realms",
    cel: None,
};

pub(super) const UNKNOWN_FIELD: RuleInfo = RuleInfo {
    code: "unknown-field",
    message: "expected a field of the request, found {found}: {remedy}",
    source: Source::Inferred,
    places: &["/*"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "e_mail": "a@b.example"}"#,
    bad_pointer: "/e_mail",
    cel: None,
};

pub(super) const REPEATED_FIELD: RuleInfo = RuleInfo {
    code: "repeated-field",
    message: "expected the field {found} once, found it again: remove one",
    source: Source::Inferred,
    places: &["/*"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "name": "Other"}"#,
    bad_pointer: "/name",
    cel: None,
};

pub(super) const BLANK: RuleInfo = RuleInfo {
    code: "blank",
    message: "expected a {expected}, found nothing but white space: {remedy}",
    source: Source::Inferred,
    places: &["/name", "/first_name", "/last_name", "/role_group"],
    good: LEAST,
    bad: r#"{"name": "  ", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/name",
    cel: None,
};

pub(super) const CONTROL_CHARACTER: RuleInfo = RuleInfo {
    code: "control-character",
    message: "expected no control characters, found {found}: remove it",
    source: Source::Inferred,
    places: &["/name"],
    good: LEAST,
    bad: r#"{"name": "Example\nCompany", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/name",
    cel: None,
};

pub(super) const TOO_LONG: RuleInfo = RuleInfo {
    code: "too-long",
    message: "expected at most {expected} characters, found {found}: shorten it",
    source: Source::Inferred,
    places: &["/name"],
    good: LEAST,
    bad: r#"{"name": "Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company Example Company ", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/name",
    cel: None,
};

pub(super) const CURRENCY_FORMAT: RuleInfo = RuleInfo {
    code: "currency-format",
    message: "expected three capital letters (ISO 4217), such as GBP, found {found}{remedy}",
    source: Source::Inferred,
    places: &["/currency_iso"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GB", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/currency_iso",
    cel: None,
};

pub(super) const CURRENCY_UNKNOWN: RuleInfo = RuleInfo {
    code: "currency-unknown",
    message: "expected an ISO 4217 currency, such as GBP, found {found}{remedy}",
    source: Source::Page,
    places: &["/currency_iso"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBX", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/currency_iso",
    cel: None,
};

pub(super) const CURRENCY_WITHDRAWN: RuleInfo = RuleInfo {
    code: "currency-withdrawn",
    message: "expected a currency that is in use today, found {found}{remedy}",
    source: Source::Inferred,
    places: &["/currency_iso"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "HRK", "country_iso": "HR", "realms": [1]}"#,
    bad_pointer: "/currency_iso",
    cel: None,
};

pub(super) const CURRENCY_NOT_BILLABLE: RuleInfo = RuleInfo {
    code: "currency-not-billable",
    message: "expected a currency that people are billed in, found {found}{remedy}",
    source: Source::Inferred,
    places: &["/currency_iso"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "XAU", "country_iso": "GB", "realms": [1]}"#,
    bad_pointer: "/currency_iso",
    cel: None,
};

pub(super) const COUNTRY_FORMAT: RuleInfo = RuleInfo {
    code: "country-format",
    message: "expected two capital letters (ISO 3166-1 alpha-2), such as GB, found {found}{remedy}",
    source: Source::Inferred,
    places: &["/country_iso"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GBR", "realms": [1]}"#,
    bad_pointer: "/country_iso",
    cel: None,
};

pub(super) const COUNTRY_UNKNOWN: RuleInfo = RuleInfo {
    code: "country-unknown",
    message: "expected an official ISO 3166-1 alpha-2 code, such as GB, found {found}{remedy}",
    source: Source::Inferred,
    places: &["/country_iso"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "UK", "realms": [1]}"#,
    bad_pointer: "/country_iso",
    cel: None,
};

pub(super) const ID_OUT_OF_RANGE: RuleInfo = RuleInfo {
    code: "id-out-of-range",
    message: "expected an id from {expected}, found {found}: write an id that the API gave",
    source: Source::Inferred,
    places: &["/realms/*", "/shown_sub_realms/*", "/enabled_sub_realms/*"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [0]}"#,
    bad_pointer: "/realms/0",
    cel: None,
};

pub(super) const REPEATED_ID: RuleInfo = RuleInfo {
    code: "repeated-id",
    message: "expected every id once, found {found} again: remove it",
    source: Source::Inferred,
    places: &["/realms/*", "/shown_sub_realms/*", "/enabled_sub_realms/*"],
    good: LEAST,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2, 1]}"#,
    bad_pointer: "/realms/2",
    cel: None,
};

pub(super) const SUB_REALM_NOT_SHOWN: RuleInfo = RuleInfo {
    code: "sub-realm-not-shown",
    message: "expected a sub-realm that is shown, found {found}, which is not: {remedy}",
    source: Source::Inferred,
    places: &["/enabled_sub_realms/*"],
    good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [313, 328], "enabled_sub_realms": [328]}"#,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [313], "enabled_sub_realms": [328]}"#,
    bad_pointer: "/enabled_sub_realms/0",
    cel: Some(
        "!has(this.enabled_sub_realms) || this.enabled_sub_realms == null || \
         this.enabled_sub_realms.all(id, has(this.shown_sub_realms) && this.shown_sub_realms != null && \
         id in this.shown_sub_realms)",
    ),
};

pub(super) const EMAIL_FORMAT: RuleInfo = RuleInfo {
    code: "email-format",
    message: "expected an e-mail address, such as j.smith@example.com, found {found}{remedy}",
    source: Source::Inferred,
    places: &["/email"],
    good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "email": "j.smith@example.com"}"#,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "email": "j.smith@example..com"}"#,
    bad_pointer: "/email",
    cel: None,
};

pub(super) const REALM_UNKNOWN: RuleInfo = RuleInfo {
    code: "realm-unknown",
    message: "expected a realm that exists, found {found}: {remedy}",
    source: Source::Inferred,
    places: &["/realms/*"],
    good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2, 7]}"#,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 3]}"#,
    bad_pointer: "/realms/1",
    cel: None,
};

pub(super) const SUB_REALM_UNKNOWN: RuleInfo = RuleInfo {
    code: "sub-realm-unknown",
    message: "expected a sub-realm that exists, found {found}: {remedy}",
    source: Source::Inferred,
    places: &["/shown_sub_realms/*", "/enabled_sub_realms/*"],
    good: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [313]}"#,
    bad: r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1], "shown_sub_realms": [314]}"#,
    bad_pointer: "/shown_sub_realms/0",
    cel: None,
};
