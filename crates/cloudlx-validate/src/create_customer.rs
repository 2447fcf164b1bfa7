//! `POST /api/customers`: the rule table, one block a field.

use cloudlx_model::customers::create::CreateCustomerFields;
use cloudlx_model::{CreateCustomer, RealmId, RoleGroup, SubRealmId, id};
use garde::Validate;

use crate::iso::{self, CurrencyStatus};
use crate::{Catalogue, Rule, email, ids, text};

/// The longest name, in characters (Unicode code points; inferred).
pub const NAME_MAX_CHARS: usize = 255;

/// The rules of a [`CreateCustomer`], over a borrowed view of it.
///
/// Each rule says only whether it holds; which index breaks it, the message and the suggestion are found when there is
/// something to explain. What JSON Schema can say stands beside the rule. The shape of a document (its syntax, the types,
/// which fields it must and may have) is for `json.rs`, which has a document.
#[derive(Validate)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[garde(context(Context<'a>))]
pub(crate) struct CreateCustomerRules<'a> {
    #[garde(custom(not_blank), custom(no_control_characters), custom(not_too_long))]
    #[cfg_attr(feature = "schema", schemars(extend("maxLength" = NAME_MAX_CHARS)))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK, "not" = none(text::CONTROL_CHARACTER))))]
    name: &'a str,

    #[garde(
        custom(currency_format),
        custom(currency_known),
        custom(currency_in_use),
        custom(currency_billable)
    )]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = currency_codes(), "x-enum-descriptions" = currency_names())))]
    currency_iso: &'a str,

    #[garde(custom(country_format), custom(country_known))]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = country_codes(), "x-enum-descriptions" = country_names())))]
    country_iso: &'a str,

    #[garde(custom(realms_in_range), custom(distinct), custom(realms_exist))]
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    realms: &'a [RealmId],

    #[garde(custom(sub_realms_in_range), custom(distinct), custom(sub_realms_exist))]
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    shown_sub_realms: &'a [SubRealmId],

    #[garde(custom(sub_realms_in_range), custom(distinct), custom(subset_of(self.shown_sub_realms)))]
    #[garde(custom(sub_realms_exist))]
    #[cfg_attr(feature = "schema", schemars(extend("uniqueItems" = true)))]
    enabled_sub_realms: &'a [SubRealmId],

    #[garde(inner(custom(valid_email)))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = email::PATTERN, "not" = none(email::NOT_ASCII))))]
    email: Option<&'a str>,

    #[garde(inner(custom(not_blank)))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK)))]
    first_name: Option<&'a str>,

    #[garde(inner(custom(not_blank)))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK)))]
    last_name: Option<&'a str>,

    #[garde(inner(custom(not_blank)))]
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = text::NOT_BLANK)))]
    role_group: Option<&'a str>,
}

/// The fields of a [`CreateCustomer`], in the page's order.
pub(crate) const FIELDS: [&str; 10] = [
    "name",
    "currency_iso",
    "country_iso",
    "realms",
    "shown_sub_realms",
    "enabled_sub_realms",
    "email",
    "first_name",
    "last_name",
    "role_group",
];

/// The fields that must be there (inferred: no row of the page says).
pub(crate) const REQUIRED: [&str; 4] = ["name", "currency_iso", "country_iso", "realms"];

/// What the rules look at besides the request.
pub(crate) struct Context<'a> {
    pub(crate) catalogue: Option<&'a Catalogue>,
}

/// The rule table, run over `request`.
pub(crate) fn check(request: &CreateCustomer, context: &Context<'_>) -> Result<(), garde::Report> {
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
    CreateCustomerRules {
        name,
        currency_iso,
        country_iso,
        realms,
        shown_sub_realms: shown_sub_realms.unwrap_or_default(),
        enabled_sub_realms: enabled_sub_realms.unwrap_or_default(),
        email,
        first_name,
        last_name,
        role_group: role_group.map(RoleGroup::as_str),
    }
    .validate_with(context)
}

fn not_blank(text: &&str, _: &Context<'_>) -> garde::Result {
    hold(!text::is_blank(text), Rule::Blank)
}

fn no_control_characters(text: &&str, _: &Context<'_>) -> garde::Result {
    hold(!text::has_control_characters(text), Rule::ControlCharacter)
}

fn not_too_long(text: &&str, _: &Context<'_>) -> garde::Result {
    hold(text.len() <= NAME_MAX_CHARS || text.chars().count() <= NAME_MAX_CHARS, Rule::TooLong)
}

fn currency_format(code: &&str, _: &Context<'_>) -> garde::Result {
    hold(is_code(code, 3), Rule::CurrencyFormat)
}

fn currency_known(code: &&str, _: &Context<'_>) -> garde::Result {
    hold(iso::currency(code).is_some() || !is_code(code, 3), Rule::CurrencyUnknown)
}

fn currency_in_use(code: &&str, _: &Context<'_>) -> garde::Result {
    let status = iso::currency(code).map(|currency| currency.status);
    hold(!matches!(status, Some(CurrencyStatus::Withdrawn { .. })), Rule::CurrencyWithdrawn)
}

fn currency_billable(code: &&str, _: &Context<'_>) -> garde::Result {
    let status = iso::currency(code).map(|currency| currency.status);
    hold(!matches!(status, Some(CurrencyStatus::NotBillable(_))), Rule::CurrencyNotBillable)
}

fn country_format(code: &&str, _: &Context<'_>) -> garde::Result {
    hold(is_code(code, 2), Rule::CountryFormat)
}

fn country_known(code: &&str, _: &Context<'_>) -> garde::Result {
    hold(iso::country(code).is_some() || !is_code(code, 2), Rule::CountryUnknown)
}

fn is_code(code: &str, letters: usize) -> bool {
    code.len() == letters && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn realms_in_range(ids: &&[RealmId], _: &Context<'_>) -> garde::Result {
    hold(ids.iter().all(|id| id::in_range(id.0)), Rule::IdOutOfRange)
}

fn sub_realms_in_range(ids: &&[SubRealmId], _: &Context<'_>) -> garde::Result {
    hold(ids.iter().all(|id| id::in_range(id.0)), Rule::IdOutOfRange)
}

fn distinct<T: ids::Id>(ids: &&[T], _: &Context<'_>) -> garde::Result {
    hold(ids::distinct(ids), Rule::RepeatedId)
}

fn subset_of(shown: &[SubRealmId]) -> impl Fn(&&[SubRealmId], &Context<'_>) -> garde::Result {
    move |enabled, _| hold(ids::subset(enabled, shown), Rule::SubRealmNotShown)
}

fn realms_exist(ids: &&[RealmId], context: &Context<'_>) -> garde::Result {
    let exist = |catalogue: &Catalogue| ids.iter().all(|id| catalogue.realm(*id).is_some());
    hold(context.catalogue.is_none_or(exist), Rule::RealmUnknown)
}

fn sub_realms_exist(ids: &&[SubRealmId], context: &Context<'_>) -> garde::Result {
    let exist = |catalogue: &Catalogue| ids.iter().all(|id| catalogue.sub_realm(*id).is_some());
    hold(context.catalogue.is_none_or(exist), Rule::SubRealmUnknown)
}

fn valid_email(address: &&str, _: &Context<'_>) -> garde::Result {
    hold(email::is_valid(address), Rule::EmailFormat)
}

/// The report's message is the rule's code; `explain` turns it into words.
fn hold(holds: bool, rule: Rule) -> garde::Result {
    if holds { Ok(()) } else { Err(garde::Error::new(rule.code())) }
}

/// For the schema: texts that have nothing that `pattern` matches.
#[cfg(feature = "schema")]
fn none(pattern: &str) -> serde_json::Value {
    // Without a type it would speak of null too, which no pattern refuses.
    serde_json::json!({ "type": "string", "pattern": pattern })
}

/// For the schema: the currencies that a customer can be billed in.
#[cfg(feature = "schema")]
fn currency_codes() -> Vec<&'static str> {
    iso::currencies().map(|currency| currency.code).collect()
}

/// For the schema: their names, in the same order.
#[cfg(feature = "schema")]
fn currency_names() -> Vec<&'static str> {
    iso::currencies().map(|currency| currency.name).collect()
}

/// For the schema: the official country codes.
#[cfg(feature = "schema")]
fn country_codes() -> Vec<&'static str> {
    iso::countries().iter().map(|country| country.alpha_2).collect()
}

/// For the schema: their names, in the same order.
#[cfg(feature = "schema")]
fn country_names() -> Vec<&'static str> {
    iso::countries().iter().map(|country| country.name).collect()
}

#[cfg(all(test, feature = "schema"))]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_those_of_the_model() {
        let document = cloudlx_model::schema::document("create-customer.request").unwrap();
        let properties = document.schema.pointer("/properties").and_then(|it| it.as_object()).unwrap();
        assert_eq!(properties.keys().collect::<Vec<_>>(), FIELDS);
        let required = document.schema.get("required").and_then(|it| it.as_array()).unwrap();
        assert_eq!(required, &REQUIRED);
    }
}
