//! The fields of a create-customer request: which rules hold for each, what JSON Schema can say of it, how it is read.

use cloudlx_model::customers::create::CreateCustomerFields;
use cloudlx_model::{CreateCustomer, RealmId, RoleGroup, SubRealmId};
use garde::Validate;

use crate::rules::definition::{Context, Ids};
use crate::rules::{country, currency, email, ids, text};

/// The rules of a [`CreateCustomer`], over a borrowed view of it: one block a field.
///
/// Each rule says only whether it holds. Which index breaks it, the message and the suggestion are found when there is
/// something to explain. What JSON Schema can say stands beside the rule.
#[derive(Validate)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[garde(context(Context<'a>))]
pub(crate) struct CreateCustomerRules<'a> {
    #[garde(custom(text::BLANK.check()), custom(text::CONTROL_CHARACTER.check()), custom(text::TOO_LONG.check()))]
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = text::NAME_MAX_CHARS)))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK, "not" = none(text::CONTROL_CHARACTERS))))]
    name: &'a str,

    #[garde(custom(currency::CURRENCY_FORMAT.check()), custom(currency::CURRENCY_UNKNOWN.check()))]
    #[garde(custom(currency::CURRENCY_WITHDRAWN.check()), custom(currency::CURRENCY_NOT_BILLABLE.check()))]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = currency::codes(), "x-enum-descriptions" = currency::names())))]
    currency_iso: &'a str,

    #[garde(custom(country::COUNTRY_FORMAT.check()), custom(country::COUNTRY_UNKNOWN.check()))]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = country::codes(), "x-enum-descriptions" = country::names())))]
    country_iso: &'a str,

    #[garde(custom(ids::ID_OUT_OF_RANGE.check()), custom(ids::REPEATED_ID.check()))]
    #[garde(custom(ids::REALM_UNKNOWN.check()))]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<u64>", extend("uniqueItems" = true)))]
    realms: Ids<'a>,

    #[garde(custom(ids::ID_OUT_OF_RANGE.check()), custom(ids::REPEATED_ID.check()))]
    #[garde(custom(ids::SUB_REALM_UNKNOWN.check()))]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<u64>", extend("uniqueItems" = true)))]
    shown_sub_realms: Ids<'a>,

    #[garde(custom(ids::ID_OUT_OF_RANGE.check()), custom(ids::REPEATED_ID.check()))]
    #[garde(custom(ids::SUB_REALM_NOT_SHOWN.check()), custom(ids::SUB_REALM_UNKNOWN.check()))]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<u64>", extend("uniqueItems" = true)))]
    enabled_sub_realms: Ids<'a>,

    #[garde(inner(custom(email::EMAIL_FORMAT.check())))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = email::PATTERN, "not" = none(email::NOT_ASCII))))]
    email: Option<&'a str>,

    #[garde(inner(custom(text::BLANK.check())))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK)))]
    first_name: Option<&'a str>,

    #[garde(inner(custom(text::BLANK.check())))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK)))]
    last_name: Option<&'a str>,

    #[garde(inner(custom(text::BLANK.check())))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK)))]
    role_group: Option<&'a str>,
}

/// What programs need to know of a field besides its rules.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    /// Whether a request must have it (inferred: no row of the page says).
    pub(crate) required: bool,
    pub(crate) read: Read,
    /// What the rules look at; nothing where the request does not have the field.
    pub(crate) content: for<'a> fn(&CreateCustomerRules<'a>) -> Content<'a>,
}

/// Puts what a document has into a request.
pub(crate) enum Read {
    Text(fn(&mut CreateCustomer, String)),
    Ids(fn(&mut CreateCustomer, Vec<u64>)),
}

/// What a field of a request holds.
pub(crate) enum Content<'a> {
    Text(&'a str),
    Ids(Ids<'a>),
}

/// The fields of a [`CreateCustomer`], in the page's order.
pub(crate) static FIELDS: [Field; 10] = [
    Field {
        name: "name",
        required: true,
        read: Read::Text(|request, text| request.name = text),
        content: |rules| Content::Text(rules.name),
    },
    Field {
        name: "currency_iso",
        required: true,
        read: Read::Text(|request, text| request.currency_iso = text),
        content: |rules| Content::Text(rules.currency_iso),
    },
    Field {
        name: "country_iso",
        required: true,
        read: Read::Text(|request, text| request.country_iso = text),
        content: |rules| Content::Text(rules.country_iso),
    },
    Field {
        name: "realms",
        required: true,
        read: Read::Ids(|request, ids| request.realms = ids.into_iter().map(RealmId).collect()),
        content: |rules| Content::Ids(rules.realms),
    },
    Field {
        name: "shown_sub_realms",
        required: false,
        read: Read::Ids(|request, ids| request.shown_sub_realms = Some(sub_realms(ids))),
        content: |rules| Content::Ids(rules.shown_sub_realms),
    },
    Field {
        name: "enabled_sub_realms",
        required: false,
        read: Read::Ids(|request, ids| request.enabled_sub_realms = Some(sub_realms(ids))),
        content: |rules| Content::Ids(rules.enabled_sub_realms),
    },
    Field {
        name: "email",
        required: false,
        read: Read::Text(|request, text| request.email = Some(text)),
        content: |rules| Content::Text(rules.email.unwrap_or_default()),
    },
    Field {
        name: "first_name",
        required: false,
        read: Read::Text(|request, text| request.first_name = Some(text)),
        content: |rules| Content::Text(rules.first_name.unwrap_or_default()),
    },
    Field {
        name: "last_name",
        required: false,
        read: Read::Text(|request, text| request.last_name = Some(text)),
        content: |rules| Content::Text(rules.last_name.unwrap_or_default()),
    },
    Field {
        name: "role_group",
        required: false,
        read: Read::Text(|request, text| request.role_group = Some(RoleGroup::from(text))),
        content: |rules| Content::Text(rules.role_group.unwrap_or_default()),
    },
];

impl<'a> CreateCustomerRules<'a> {
    pub(crate) fn new(request: &'a CreateCustomer) -> Self {
        // Taken apart in full, so that a field without rules does not compile.
        let CreateCustomerFields {
            name,
            currency_iso,
            country_iso,
            realms,
            shown_sub_realms,
            enabled_sub_realms,
            email,
            first_name,
            last_name,
            role_group,
        } = request.fields();
        let shown = shown_sub_realms.unwrap_or_default();
        Self {
            name,
            currency_iso,
            country_iso,
            realms: Ids::Realms(realms),
            shown_sub_realms: Ids::SubRealms { ids: shown, shown },
            enabled_sub_realms: Ids::SubRealms { ids: enabled_sub_realms.unwrap_or_default(), shown },
            email,
            first_name,
            last_name,
            role_group: role_group.map(RoleGroup::as_str),
        }
    }
}

/// The names of the fields that a create-customer request can have, as they are on the wire, in the page's order.
pub fn field_names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

fn sub_realms(ids: Vec<u64>) -> Vec<SubRealmId> {
    ids.into_iter().map(SubRealmId).collect()
}

/// For the schema: texts that have nothing that `pattern` matches.
#[cfg(feature = "schema")]
fn none(pattern: &str) -> serde_json::Value {
    // Without a type it would speak of null too, which no pattern refuses.
    serde_json::json!({ "type": "string", "pattern": pattern })
}

#[cfg(all(test, feature = "schema"))]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_those_of_the_model() {
        let document = cloudlx_model::schema::document("create-customer.request").unwrap();
        let properties = document.schema.pointer("/properties").and_then(|it| it.as_object()).unwrap();
        assert!(properties.keys().eq(field_names()), "{:?}", properties.keys());
        let required = document.schema.get("required").and_then(|it| it.as_array()).unwrap();
        let expected = FIELDS.iter().filter(|field| field.required).map(|field| field.name);
        assert!(required.iter().eq(expected), "{required:?}");
    }
}
