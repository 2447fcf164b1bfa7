//! The answer to a create, made of parts that are written once: a realm looks the same in every answer.

use std::collections::BTreeMap;

use cloudlx_model::{Country, Currency, Customer, CustomerId, Realm, RealmId, SubRealmId};
use cloudlx_validate::Catalogue;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// The JSON of all realms and sub-realms of a catalogue, as the answer to a create shows them.
pub(crate) struct Written {
    realms: BTreeMap<RealmId, Box<RawValue>>,
    /// With and without access to them.
    sub_realms: BTreeMap<(SubRealmId, bool), Box<RawValue>>,
}

/// A [`Customer`] in the answer to a create.
#[derive(Serialize)]
pub(crate) struct Created<'a> {
    id: CustomerId,
    name: &'a str,
    currency: &'a Currency,
    country: &'a Country,
    realms: Vec<&'a RawValue>,
    sub_realms: Vec<&'a RawValue>,
}

impl Written {
    /// # Errors
    ///
    /// None: nothing in a catalogue fails to be written.
    pub(crate) fn new(catalogue: &Catalogue) -> serde_json::Result<Self> {
        let realms = catalogue.realms().filter_map(|realm| Some((realm.id?, realm)));
        // The answer to a create shows realms without their ids (page); list and details have them (sibling).
        let realms = realms.map(|(id, realm)| Ok((id, to_raw_value(&without_id(realm.clone()))?)));
        let sub_realms = catalogue
            .sub_realms()
            .flat_map(|sub_realm| [true, false].map(|has_access| sub_realm.for_customer(has_access)));
        let sub_realms = sub_realms.map(|shown| Ok(((shown.id, shown.has_access), to_raw_value(&shown)?)));
        Ok(Self {
            realms: realms.collect::<serde_json::Result<_>>()?,
            sub_realms: sub_realms.collect::<serde_json::Result<_>>()?,
        })
    }

    /// A customer whose realms and sub-realms are the catalogue's.
    pub(crate) fn created<'a>(&'a self, customer: &'a Customer) -> Created<'a> {
        let Customer { id, name, currency, country, realms, sub_realms, .. } = customer;
        let realms = realms.iter().filter_map(|realm| self.realms.get(&realm.id?));
        let sub_realms =
            sub_realms.iter().filter_map(|shown| self.sub_realms.get(&(shown.id, shown.has_access)));
        Created {
            id: *id,
            name,
            currency,
            country,
            realms: realms.map(AsRef::as_ref).collect(),
            sub_realms: sub_realms.map(AsRef::as_ref).collect(),
        }
    }
}

fn without_id(mut realm: Realm) -> Realm {
    realm.id = None;
    realm
}

#[cfg(test)]
mod tests {
    use cloudlx_validate::from_json;

    use super::*;
    use crate::api::catalogue::built_in;
    use crate::api::endpoints::customers::customer;

    #[test]
    fn it_is_written_as_the_customer_is() {
        let catalogue = built_in().unwrap();
        let request = include_bytes!("../../../../../examples/create-customer.json");
        let mut customer = customer(&from_json(request).unwrap(), &catalogue);
        let created = serde_json::to_string(&Written::new(&catalogue).unwrap().created(&customer)).unwrap();
        let realms = customer.realms.into_iter().map(without_id).collect();
        customer.realms = realms;
        assert_eq!(created, serde_json::to_string(&customer).unwrap());
    }
}
