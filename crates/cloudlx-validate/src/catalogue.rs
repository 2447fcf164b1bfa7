//! The realms and sub-realms that exist.

use std::collections::HashMap;
use std::hash::Hash;

use cloudlx_model::{Realm, RealmId, SubRealm, SubRealmId};
use serde::Deserialize;

/// The realms and sub-realms that a customer can be given, in the order in which they were listed.
///
/// ```
/// use cloudlx_model::RealmId;
/// use cloudlx_validate::Catalogue;
///
/// let catalogue = Catalogue::from_json(
///     br#"{"realms": [{"id": 2, "name": "Networking", "description": null}], "sub_realms": []}"#,
/// )?;
/// assert_eq!(catalogue.realm(RealmId(2)).map(|realm| realm.name.as_str()), Some("Networking"));
/// # Ok::<(), cloudlx_validate::CatalogueError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Catalogue {
    realms: ById<RealmId, Realm>,
    sub_realms: ById<SubRealmId, SubRealm>,
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The text is not a catalogue.
    #[error(
        "expected a catalogue, {{\"realms\": [{{id, name, description}}], \"sub_realms\": [{{id, name, description}}]}}"
    )]
    Json(#[from] serde_json::Error),
    /// A realm has no id, so that no request can name it.
    #[error("expected an id for every realm, found none for {name:?}: give it one")]
    RealmWithoutId {
        /// The realm's name.
        name: String,
    },
    /// Two entries have one id.
    #[error("expected every id once, found {kind} {id} twice: remove one of them")]
    RepeatedId {
        /// `realm` or `sub-realm`.
        kind: &'static str,
        /// The id.
        id: u64,
    },
}

impl Catalogue {
    /// A catalogue of these realms and sub-realms.
    ///
    /// # Errors
    ///
    /// When a realm has no id, or an id appears twice.
    pub fn new(
        realms: impl IntoIterator<Item = Realm>,
        sub_realms: impl IntoIterator<Item = SubRealm>,
    ) -> Result<Self, CatalogueError> {
        let realms = realms.into_iter().map(|realm| match realm.id {
            Some(id) => Ok((id, realm)),
            None => Err(CatalogueError::RealmWithoutId { name: realm.name }),
        });
        let sub_realms = sub_realms.into_iter().map(|sub_realm| Ok((sub_realm.id, sub_realm)));
        Ok(Self {
            realms: ById::collect(realms, |id| CatalogueError::RepeatedId { kind: "realm", id: id.0 })?,
            sub_realms: ById::collect(sub_realms, |id| CatalogueError::RepeatedId {
                kind: "sub-realm",
                id: id.0,
            })?,
        })
    }

    /// Reads `{"realms": [{id, name, description}], "sub_realms": [{id, name, description}]}`: the responses of the two
    /// list endpoints in one object.
    ///
    /// # Errors
    ///
    /// When `bytes` are not such a document, a realm has no id, or an id appears twice.
    pub fn from_json(bytes: &[u8]) -> Result<Self, CatalogueError> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Document {
            realms: Vec<Realm>,
            sub_realms: Vec<SubRealm>,
        }

        let Document { realms, sub_realms } = serde_json::from_slice(bytes)?;
        Self::new(realms, sub_realms)
    }

    /// The realm with this id.
    #[must_use]
    pub fn realm(&self, id: RealmId) -> Option<&Realm> {
        self.realms.get(id)
    }

    /// The sub-realm with this id.
    #[must_use]
    pub fn sub_realm(&self, id: SubRealmId) -> Option<&SubRealm> {
        self.sub_realms.get(id)
    }

    /// All realms.
    pub fn realms(&self) -> impl Iterator<Item = &Realm> {
        self.realms.items.iter()
    }

    /// All sub-realms.
    pub fn sub_realms(&self) -> impl Iterator<Item = &SubRealm> {
        self.sub_realms.items.iter()
    }
}

/// Items in order, found by id.
#[derive(Debug, Clone)]
struct ById<K, V> {
    items: Vec<V>,
    positions: HashMap<K, usize>,
}

impl<K: Copy + Eq + Hash, V> ById<K, V> {
    fn collect(
        pairs: impl Iterator<Item = Result<(K, V), CatalogueError>>,
        repeated: impl Fn(K) -> CatalogueError,
    ) -> Result<Self, CatalogueError> {
        let mut by_id = Self { items: Vec::new(), positions: HashMap::new() };
        for pair in pairs {
            let (id, item) = pair?;
            if by_id.positions.insert(id, by_id.items.len()).is_some() {
                return Err(repeated(id));
            }
            by_id.items.push(item);
        }
        Ok(by_id)
    }

    fn get(&self, id: K) -> Option<&V> {
        self.positions.get(&id).and_then(|&position| self.items.get(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realm(id: Option<u64>) -> Realm {
        id.map(RealmId).into_iter().fold(Realm::new("R"), Realm::id)
    }

    #[test]
    fn a_realm_without_an_id_is_refused() {
        let error = Catalogue::new([realm(None)], []).unwrap_err();
        assert_eq!(error.to_string(), r#"expected an id for every realm, found none for "R": give it one"#);
    }

    #[test]
    fn an_id_that_comes_twice_is_refused() {
        let error = Catalogue::new([realm(Some(2)), realm(Some(2))], []).unwrap_err();
        assert_eq!(error.to_string(), "expected every id once, found realm 2 twice: remove one of them");
    }

    #[test]
    fn entries_keep_their_order_and_are_found_by_id() {
        let catalogue = Catalogue::from_json(
            br#"{"realms": [{"id": 7, "name": "R", "description": null}, {"id": 2, "name": "R", "description": null}],
                 "sub_realms": [{"id": 1, "name": "S", "description": "d"}]}"#,
        )
        .unwrap();
        let ids: Vec<_> = catalogue.realms().filter_map(|realm| realm.id).collect();
        assert_eq!(ids, [RealmId(7), RealmId(2)]);
        assert_eq!(catalogue.sub_realm(SubRealmId(1)).unwrap().description.as_deref(), Some("d"));
        assert!(catalogue.sub_realm(SubRealmId(2)).is_none());
    }
}
