//! The keywords of JSON Schema 2020-12: which of them the algebra knows, and which are documentation.
//!
//! A change of any other keyword is not proved.

/// How the value of a keyword contains schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    One,
    List,
    ByName,
    /// It contains no schemas.
    Values,
}

/// The formats that JSON Schema 2020-12 defines (section 7.3 of its validation vocabulary). Others assert nothing.
const FORMATS: [&str; 19] = [
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uuid",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

/// Whether a program cannot notice the keyword: descriptions, examples, extensions. Definitions are compared where a
/// reference points to them.
pub(crate) fn is_documentation(keyword: &str) -> bool {
    const DOCUMENTATION: [&str; 12] = [
        "title",
        "description",
        "$comment",
        "$schema",
        "$id",
        "$anchor",
        "$defs",
        "definitions",
        "examples",
        "example",
        "deprecated",
        "externalDocs",
    ];
    keyword.starts_with("x-") || DOCUMENTATION.contains(&keyword)
}

/// How a keyword that the algebra knows contains schemas; `None` for any other keyword.
pub(crate) fn asserted(keyword: &str) -> Option<Holds> {
    Some(match keyword {
        "items"
        | "additionalProperties"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "propertyNames"
        | "contains"
        | "not"
        | "if"
        | "then"
        | "else" => Holds::One,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Holds::List,
        "properties" | "patternProperties" | "dependentSchemas" => Holds::ByName,
        "type" | "enum" | "const" | "multipleOf" | "maximum" | "exclusiveMaximum" | "minimum"
        | "exclusiveMinimum" | "maxLength" | "minLength" | "pattern" | "maxItems" | "minItems"
        | "uniqueItems" | "maxContains" | "minContains" | "maxProperties" | "minProperties" | "required"
        | "dependentRequired" | "format" => Holds::Values,
        _ => return None,
    })
}

/// Whether JSON Schema defines the format.
pub(crate) fn is_asserted_format(format: &serde_json::Value) -> bool {
    format.as_str().is_some_and(|format| FORMATS.contains(&format))
}
