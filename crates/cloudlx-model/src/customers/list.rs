//! `GET /api/customers`: the sibling page "List Customers".

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::list_document::{ListDocument, ReadList};
use crate::{Auth, Customer, Endpoint, Method};

/// Lists the customers. No paging is documented (sibling).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sibling")))]
pub struct ListCustomers;

impl Endpoint for ListCustomers {
    const NAME: &'static str = "list_customers";
    const METHOD: Method = Method::Get;
    const PATH: &'static str = "/api/customers";
    const AUTH: Auth = Auth::Bearer;
    type Response = CustomerList;
}

/// All customers that the caller may see (sibling).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(extend("x-cloudlx-source" = "sibling")))]
#[non_exhaustive]
pub struct CustomerList {
    /// The customers; here their realms have ids.
    #[serde(deserialize_with = "crate::php::list")]
    pub customers: Vec<Customer>,
}

impl CustomerList {
    /// A list of these.
    #[must_use]
    pub fn new(customers: Vec<Customer>) -> Self {
        Self { customers }
    }
}

/// Reads a [`CustomerList`] customer by customer: the function gets each as soon as it is complete, so that a list of any
/// length takes the memory of one customer. Whether the whole list is valid is known at its end only.
///
/// ```
/// use cloudlx_model::{Customer, EachCustomer};
/// use serde::de::DeserializeSeed;
///
/// let mut json = serde_json::Deserializer::from_reader(br#"{"customers": []}"#.as_slice());
/// let mut ids = Vec::new();
/// EachCustomer(|customer: Customer| ids.push(customer.id)).deserialize(&mut json)?;
/// json.end()?;
/// assert!(ids.is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct EachCustomer<F>(pub F);

impl<'de, F: FnMut(Customer)> DeserializeSeed<'de> for EachCustomer<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        ListDocument(&mut self).deserialize(deserializer)
    }
}

impl<F: FnMut(Customer)> ReadList<'_> for EachCustomer<F> {
    const FIELD: &'static str = "customers";
    const TYPE: &'static str = "CustomerList";
    type Element = Customer;
    type Beside = IgnoredAny;

    fn element(&mut self, customer: Customer) {
        (self.0)(customer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(json: &str) -> Result<CustomerList, String> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let mut customers = Vec::new();
        let read = EachCustomer(|customer| customers.push(customer)).deserialize(&mut deserializer);
        read.and_then(|()| deserializer.end()).map_err(|error| error.to_string())?;
        Ok(CustomerList { customers })
    }

    #[test]
    fn read_as_it_comes_or_at_once_it_is_the_same() {
        let sample = include_str!("../../samples/customer-list.json");
        let nested = format!(r#"{{"new": {sample}, "customers": [], "more": [1, {{"customers": 1}}]}}"#);
        let documents = [
            sample,
            &nested,
            r#" {"customers": []} "#,
            "{}",
            "null",
            r#"{"customers": null}"#,
            r#"{"customers": {}}"#,
            r#"{"customers": {"a": 1}}"#,
            r#"{"customers": [1]}"#,
            r#"{"customers": [{"id": 1}]}"#,
            r#"{"customers": [], "customers": []}"#,
            r#"{"customers": []"#,
            r#"{"customers": []} x"#,
            r#"{"customers": [,]}"#,
            "",
        ];
        for json in documents {
            let whole = serde_json::from_str::<CustomerList>(json).map_err(|error| error.to_string());
            assert_eq!(each(json), whole, "{json}");
        }
    }
}
