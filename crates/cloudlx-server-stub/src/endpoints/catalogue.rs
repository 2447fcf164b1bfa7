//! The lists of realms and sub-realms (inferred: the page names both endpoints and shows neither).

use std::future::ready;

use cloudlx_model::{RealmList, SubRealmList};

use super::Call;
use crate::answer::Answer;
use crate::state::State;
use crate::store::Pending;

/// Every realm of the catalogue.
pub(crate) fn list_realms<'a>(state: &'a State, _: &'a Call<'a>) -> Pending<'a, Answer> {
    let realms = state.catalogue.realms().cloned().collect();
    Box::pin(ready(Answer::ok(&RealmList { realms })))
}

/// Every sub-realm of the catalogue.
pub(crate) fn list_sub_realms<'a>(state: &'a State, _: &'a Call<'a>) -> Pending<'a, Answer> {
    let sub_realms = state.catalogue.sub_realms().cloned().collect();
    Box::pin(ready(Answer::ok(&SubRealmList { sub_realms })))
}
