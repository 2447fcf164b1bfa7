//! Why a client cannot be built, why a call failed, and what is known of a create that failed.

pub(crate) mod build;
pub(crate) mod call;
pub(crate) mod create;
pub(crate) mod token_kind;
mod wording;
