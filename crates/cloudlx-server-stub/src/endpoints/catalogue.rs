//! The lists of realms and sub-realms (inferred: the page names both endpoints and shows neither).

use cloudlx_model::{RealmList, SubRealmList};

use super::Call;
use crate::answer::Answer;
use crate::state::State;

/// Every realm of the catalogue.
pub(crate) fn list_realms(state: &State, _: &Call<'_>) -> Answer {
    Answer::ok(&RealmList { realms: state.catalogue.realms().cloned().collect() })
}

/// Every sub-realm of the catalogue.
pub(crate) fn list_sub_realms(state: &State, _: &Call<'_>) -> Answer {
    Answer::ok(&SubRealmList { sub_realms: state.catalogue.sub_realms().cloned().collect() })
}
