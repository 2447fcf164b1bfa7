//! The lists of realms and sub-realms (inferred: the page names both endpoints and shows neither).

use std::future::ready;

use cloudlx_model::{Realm, RealmList, SubRealm, SubRealmList};

use crate::api::answer::Answer;
use crate::api::call::{Answering, Call};
use crate::api::paging::List;
use crate::api::resources::Resources;

impl List for RealmList {
    type Item = Realm;

    fn from_items(realms: Vec<Realm>) -> Self {
        Self::new(realms)
    }
}

impl List for SubRealmList {
    type Item = SubRealm;

    fn from_items(sub_realms: Vec<SubRealm>) -> Self {
        Self::new(sub_realms)
    }
}

/// Every realm of the catalogue.
pub(crate) fn list_realms<'a>(resources: &'a Resources, call: &'a Call<'a>) -> Answering<'a> {
    list::<RealmList>(resources, call, resources.catalogue.realms().cloned().collect())
}

/// Every sub-realm of the catalogue.
pub(crate) fn list_sub_realms<'a>(resources: &'a Resources, call: &'a Call<'a>) -> Answering<'a> {
    list::<SubRealmList>(resources, call, resources.catalogue.sub_realms().cloned().collect())
}

/// All items, or the page of them that the request asks for.
fn list<'a, L: List>(resources: &Resources, call: &Call<'_>, all: Vec<L::Item>) -> Answering<'a> {
    Box::pin(ready(Ok(match call.page(resources) {
        Some(page) => page.answer::<L>(page.slice_of(all), call.head),
        None => Answer::ok(&L::from_items(all)),
    })))
}
