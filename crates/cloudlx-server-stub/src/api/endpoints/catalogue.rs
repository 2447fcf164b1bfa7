//! The lists of realms and sub-realms (inferred: the page names both endpoints and shows neither).

use std::future::ready;

use cloudlx_model::{RealmList, SubRealmList};

use super::Call;
use crate::api::answer::Answer;
use crate::api::paging::List;
use crate::server::State;
use crate::store::Pending;

/// Every realm of the catalogue.
pub(crate) fn list_realms<'a>(state: &'a State, call: &'a Call<'a>) -> Pending<'a, Answer> {
    listed::<RealmList>(state, call, state.catalogue.realms().cloned().collect())
}

/// Every sub-realm of the catalogue.
pub(crate) fn list_sub_realms<'a>(state: &'a State, call: &'a Call<'a>) -> Pending<'a, Answer> {
    listed::<SubRealmList>(state, call, state.catalogue.sub_realms().cloned().collect())
}

/// All of them, or the page of them that is asked for.
fn listed<'a, L: List>(state: &State, call: &Call<'_>, all: Vec<L::Item>) -> Pending<'a, Answer> {
    Box::pin(ready(match call.page(state) {
        Some(page) => page.answer::<L>(page.part_of(all), call.head),
        None => Answer::ok(&L::of(all)),
    }))
}
