//! Brings requests and customers into a canonical form for comparison: all fields, and the fields that a customer shows.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::check::{Content, Customer};

/// Why a stub's state cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateError {
    #[error("could not read the stub's state")]
    Database(#[from] rusqlite::Error),
    #[error("the stub's state holds something that is no JSON")]
    Json(#[from] serde_json::Error),
}

/// The content of a request.
pub(crate) fn from_request(request: &Value) -> Content {
    Content { sent: sent(request), shown: shown_of(request), name: name(request) }
}

/// Every customer that the stub has created, including those that are not visible yet.
pub(crate) fn customers(state: &Path) -> Result<Vec<Customer>, StateError> {
    let database = Connection::open_with_flags(state, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut select = database.prepare("SELECT customer, request FROM customers")?;
    let texts = select.query_map((), |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let read = texts.map(|texts| {
        let (customer, request) = texts?;
        let (customer, request): (Value, Value) =
            (serde_json::from_str(&customer)?, serde_json::from_str(&request)?);
        let id = customer.get("id").and_then(Value::as_u64).unwrap_or_default();
        let (asked_for, shown) = (from_request(&request), shown_by(&customer));
        Ok(Customer { id, asked_for, shown, name: name(&customer) })
    });
    read.collect()
}

fn name(value: &Value) -> String {
    value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// All fields of a request. Sub-realms that are absent, null or empty are equal (inferred), and so are other fields that are
/// absent or null.
fn sent(request: &Value) -> String {
    let fields = request.as_object().into_iter().flatten();
    let fields =
        fields.filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|ids| !ids.is_empty()));
    let mut fields: Vec<_> = fields.collect();
    fields.sort_by_key(|(field, _)| *field);
    json!(fields).to_string()
}

/// The fields of a request that a customer shows: name, currency, country, realms, sub-realms and which are enabled.
fn shown_of(request: &Value) -> String {
    let ids = |field: &str| request.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let enabled = ids("enabled_sub_realms");
    let sub_realms: Vec<_> =
        ids("shown_sub_realms").into_iter().map(|id| json!([id, enabled.contains(&id)])).collect();
    let (currency, country) = (request.get("currency_iso"), request.get("country_iso"));
    json!([request.get("name"), currency, country, ids("realms"), sub_realms]).to_string()
}

/// The same of a customer.
fn shown_by(customer: &Value) -> String {
    let list = |field: &str| customer.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let realms: Vec<_> = list("realms").iter().map(|realm| realm.get("id").cloned()).collect();
    let sub_realm = |it: &Value| json!([it.get("id"), it.get("has_access")]);
    let sub_realms: Vec<_> = list("sub_realms").iter().map(sub_realm).collect();
    let (currency, country) = (customer.pointer("/currency/iso_3"), customer.pointer("/country/iso_2"));
    json!([customer.get("name"), currency, country, realms, sub_realms]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_was_sent_is_compared_and_nothing_else() {
        let request = |more: Value| {
            let mut request = json!({"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1]});
            request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            from_request(&request)
        };
        let bare = request(json!({}));
        assert_eq!(bare.sent, request(json!({"email": null, "shown_sub_realms": []})).sent);
        for field in ["email", "first_name", "last_name", "role_group"] {
            let other = request(json!({ field: "x" }));
            assert!(other.sent != bare.sent && other.shown == bare.shown, "{field}");
        }
        for other in [json!({"name": "B"}), json!({"realms": [2]}), json!({"shown_sub_realms": [1]})] {
            assert!(request(other.clone()).sent != bare.sent && request(other).shown != bare.shown);
        }
    }

    #[test]
    fn a_customer_shows_what_was_asked_for() {
        let request = json!({"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": [1],
            "shown_sub_realms": [3, 4], "enabled_sub_realms": [4]});
        let customer = json!({"id": 1, "name": "A", "currency": {"iso_3": "GBP"}, "country": {"iso_2": "GB"},
            "realms": [{"id": 1}], "sub_realms": [{"id": 3, "has_access": false}, {"id": 4, "has_access": true}]});
        assert_eq!(shown_of(&request), shown_by(&customer));
    }
}
