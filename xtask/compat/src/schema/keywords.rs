//! The keywords of JSON Schema 2020-12: which of them the algebra knows, and which are documentation.
//!
//! Any other keyword is neither: a change of it is not proved.

/// How a keyword holds schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    One,
    List,
    ByName,
    /// None: it holds values.
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

/// True for what changes nothing for a program: descriptions, examples, labels of our own. Definitions are looked at
/// where they are referred to.
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

/// How a keyword that the algebra knows holds schemas; nothing for any other.
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

/// Whether JSON Schema says what the format is.
pub(crate) fn is_asserted_format(format: &serde_json::Value) -> bool {
    format.as_str().is_some_and(|format| FORMATS.contains(&format))
}
