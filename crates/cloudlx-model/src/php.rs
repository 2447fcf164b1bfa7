//! Reads what PHP programs write in place of what is documented, where it can mean one thing only.
//!
//! A program that is not careful writes a number that a database gave it as text, a boolean of a database as `0` or `1`,
//! an array with gaps as an object whose keys are numbers, and nothing at all as null. All of it is inferred: the API's
//! framework is PHP's. Responses are read so; requests stay strict, and so does what is written. Whatever could mean
//! two things is refused: text with anything but the digits of a number, an object with any other key, a key that
//! comes twice.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::id::{self, MAX, MIN, WholeNumber};
use crate::{CustomerId, RealmId, SubRealmId};

/// A customer's id, as a number or as its digits.
pub(crate) fn customer_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CustomerId, D::Error> {
    deserializer.deserialize_any(Id).map(CustomerId)
}

/// A sub-realm's id, as a number or as its digits.
pub(crate) fn sub_realm_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SubRealmId, D::Error> {
    deserializer.deserialize_any(Id).map(SubRealmId)
}

/// A realm's id, as a number or as its digits, or null.
pub(crate) fn optional_realm_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<RealmId>, D::Error> {
    struct OrNull;

    impl<'de> Visitor<'de> for OrNull {
        type Value = Option<RealmId>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            Id.expecting(f)
        }

        fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_any(Id).map(RealmId).map(Some)
        }
    }

    deserializer.deserialize_option(OrNull)
}

/// True or false, as such, as `1` or `0`, or as the text of these.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    deserializer.deserialize_any(Boolean)
}

/// An array; an object whose keys are numbers, in the order in which they come; nothing for null.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let mut elements = Vec::new();
    EachElement::new(&mut |element| elements.push(element)).deserialize(deserializer)?;
    Ok(elements)
}

struct Id;

impl Visitor<'_> for Id {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an id from {MIN} to {MAX}")
    }

    fn visit_u64<E: Error>(self, id: u64) -> Result<u64, E> {
        WholeNumber.visit_u64(id)
    }

    fn visit_i64<E: Error>(self, id: i64) -> Result<u64, E> {
        WholeNumber.visit_i64(id)
    }

    fn visit_f64<E: Error>(self, id: f64) -> Result<u64, E> {
        WholeNumber.visit_f64(id)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        let id = number(text).filter(|id| id::in_range(*id));
        id.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

struct Boolean;

impl Visitor<'_> for Boolean {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<bool, E> {
        match value {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(E::invalid_value(Unexpected::Unsigned(other), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<bool, E> {
        match text {
            "0" => Ok(false),
            "1" => Ok(true),
            other => Err(E::invalid_value(Unexpected::Str(other), &self)),
        }
    }
}

/// Gives each element of a [`list`] to a function, as soon as it is whole.
pub(crate) struct EachElement<'a, T, F>(&'a mut F, PhantomData<fn(T)>);

impl<'a, T, F: FnMut(T)> EachElement<'a, T, F> {
    pub(crate) fn new(take: &'a mut F) -> Self {
        Self(take, PhantomData)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> DeserializeSeed<'de> for EachElement<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> Visitor<'de> for EachElement<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<(), S::Error> {
        while let Some(element) = elements.next_element()? {
            (self.0)(element);
        }
        Ok(())
    }

    fn visit_map<M: MapAccess<'de>>(self, mut elements: M) -> Result<(), M::Error> {
        let mut seen = HashSet::new();
        while let Some(Index(index)) = elements.next_key()? {
            if !seen.insert(index) {
                return Err(M::Error::custom(
                    "expected a list, found an object with one number as a key twice",
                ));
            }
            (self.0)(elements.next_value()?);
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A key of an object that stands for a list.
struct Index(u64);

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key;

        impl Visitor<'_> for Key {
            type Value = Index;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }

            fn visit_str<E: Error>(self, key: &str) -> Result<Index, E> {
                // The key may be anybody's data, and is not said.
                let other = || E::custom("expected a list, found an object whose keys are not numbers");
                number(key).map(Index).ok_or_else(other)
            }
        }

        deserializer.deserialize_str(Key)
    }
}

/// The number that these digits are, as PHP writes it: no sign, no zero before others, nothing else.
fn number(text: &str) -> Option<u64> {
    let is_written_so = text == "0" || !text.starts_with(['0', '+']);
    text.parse().ok().filter(|_| is_written_so)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_str, json};

    use crate::{CreateCustomer, Customer, CustomerList, Realm, RealmList, SubRealmList};

    const CUSTOMER: &str = include_str!("../samples/customer.details.json");

    /// The sample, with another value at this place of it.
    fn with(pointer: &str, value: Value) -> Result<Customer, String> {
        let mut customer: Value = from_str(CUSTOMER).unwrap();
        *customer.pointer_mut(pointer).unwrap() = value;
        from_str(&customer.to_string()).map_err(|error| error.to_string())
    }

    fn sample() -> Customer {
        from_str(CUSTOMER).unwrap()
    }

    #[test]
    fn the_digits_of_an_id_are_read_as_the_id_wherever_a_response_has_one() {
        let id = |id: u64| json!(id.to_string());
        let customer = sample();
        assert_eq!(with("/id", id(customer.id.0)).unwrap(), customer);
        assert_eq!(with("/realms/0/id", id(customer.realms[0].id.unwrap().0)).unwrap(), customer);
        assert_eq!(with("/sub_realms/0/id", id(customer.sub_realms[0].id.0)).unwrap(), customer);
        let realms = r#"{"realms": [{"id": "2", "name": "Networking", "description": null}]}"#;
        assert_eq!(from_str::<RealmList>(realms).unwrap().realms[0].id.unwrap().0, 2);
        let sub_realms = r#"{"sub_realms": [{"id": "313", "name": "S", "description": null}]}"#;
        assert_eq!(from_str::<SubRealmList>(sub_realms).unwrap().sub_realms[0].id.0, 313);
    }

    #[test]
    fn text_that_is_not_only_an_id_is_refused() {
        for text in
            ["", "0", "-7", "+7", "07", "7.0", " 7", "7 ", "7a", "0x7", "1e3", "9007199254740992", "٧"]
        {
            for place in ["/id", "/realms/0/id", "/sub_realms/0/id"] {
                assert!(
                    with(place, json!(text)).unwrap_err().contains("an id from 1 to"),
                    "{text:?} {place}"
                );
            }
        }
        for value in [json!(true), json!([7]), json!({"id": 7})] {
            assert!(with("/id", value.clone()).is_err(), "{value}");
        }
        assert!(with("/id", json!(null)).is_err() && with("/sub_realms/0/id", json!(null)).is_err());
    }

    #[test]
    fn a_realm_may_have_null_for_an_id() {
        for (text, id) in [("null", None), ("2", Some(2)), (r#""2""#, Some(2)), ("2.0", Some(2))] {
            let realm: Realm =
                from_str(&format!(r#"{{"id": {text}, "name": "N", "description": null}}"#)).unwrap();
            assert_eq!(realm.id.map(|id| id.0), id, "{text}");
        }
    }

    #[test]
    fn null_and_objects_with_number_keys_are_lists() {
        let customer = sample();
        let realms = ["First", "Second", "Third"];
        let realms = realms.map(|name| Realm { name: name.to_owned(), ..customer.realms[0].clone() });
        let as_object = |keys: [&str; 3]| {
            let pairs = keys
                .iter()
                .zip(&realms)
                .map(|(key, realm)| format!("{key:?}: {}", serde_json::to_string(realm).unwrap()));
            let object = format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "));
            from_str::<RealmList>(&format!(r#"{{"realms": {object}}}"#)).map(|list| list.realms)
        };
        assert_eq!(as_object(["0", "1", "2"]).unwrap(), realms);
        assert_eq!(as_object(["10", "2", "0"]).unwrap(), realms, "in the order in which they come");
        for keys in [["0", "1", "1"], ["0", "1", "01"], ["0", "1", "x"], ["0", "1", ""], ["0", "1", "-1"]] {
            assert!(as_object(keys).is_err(), "{keys:?}");
        }
        for nothing in [json!(null), json!({}), json!([])] {
            assert_eq!(with("/realms", nothing.clone()).unwrap().realms, []);
            assert_eq!(with("/sub_realms", nothing.clone()).unwrap().sub_realms, []);
            let list = json!({"customers": nothing}).to_string();
            assert_eq!(from_str::<CustomerList>(&list).unwrap().customers, []);
        }
        for other in [json!(""), json!(0), json!(false), json!({"data": []})] {
            assert!(with("/realms", other.clone()).is_err(), "{other}");
        }
    }

    #[test]
    fn a_key_that_is_no_number_is_not_told() {
        let error = with("/realms", json!({"Jane Doe": {}})).unwrap_err();
        assert!(error.contains("keys are not numbers") && !error.contains("Jane"), "{error}");
    }

    #[test]
    fn what_is_missing_is_not_taken_for_an_empty_list() {
        for field in ["realms", "sub_realms"] {
            let mut customer: Value = from_str(CUSTOMER).unwrap();
            customer.as_object_mut().unwrap().remove(field);
            assert!(from_str::<Customer>(&customer.to_string()).is_err(), "{field}");
        }
        assert!(from_str::<CustomerList>("{}").is_err());
    }

    #[test]
    fn access_is_read_as_databases_keep_booleans() {
        let access = |value| with("/sub_realms/0/has_access", value).map(|it| it.sub_realms[0].has_access);
        for (value, has_access) in [
            (json!(true), true),
            (json!(1), true),
            (json!("1"), true),
            (json!(false), false),
            (json!(0), false),
            (json!("0"), false),
        ] {
            assert_eq!(access(value.clone()), Ok(has_access), "{value}");
        }
        for value in [json!(null), json!(2), json!(-1), json!(""), json!("yes"), json!("true"), json!([])] {
            assert!(access(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn requests_stay_strict() {
        let request = |realms: &str| {
            from_str::<CreateCustomer>(&format!(
                r#"{{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": {realms}}}"#
            ))
        };
        assert!(request("[1]").is_ok());
        for realms in [r#"["1"]"#, r#"{"0": 1}"#, "null"] {
            assert!(request(realms).is_err(), "{realms}");
        }
    }
}
