//! What the endpoints answer from.

use std::num::NonZeroU16;

use cloudlx_validate::Catalogue;

use super::endpoints::created::Written;
use crate::Clock;
use crate::auth::{Clients, Lifetimes};
use crate::store::Store;

/// What the endpoints answer from: customers and tokens, the catalogue, and who may call.
pub(crate) struct Resources {
    pub(crate) catalogue: Catalogue,
    /// The catalogue as answers to creates show it.
    pub(crate) written: Written,
    pub(crate) clients: Clients,
    pub(crate) lifetimes: Lifetimes,
    /// Customers and tokens.
    pub(crate) store: Box<dyn Store>,
    pub(crate) clock: Clock,
    /// How many items a page of a list has; none where lists have no pages.
    pub(crate) page_size: Option<NonZeroU16>,
}
