//! The rules, one file a family: how each is checked, its words and examples, and the explanation of a violation. `rule.rs` beside
//! this folder lists their codes: a new rule begins there.

pub(crate) mod country;
pub(crate) mod currency;
pub(crate) mod definition;
pub(crate) mod email;
pub(crate) mod ids;
pub(crate) mod shape;
pub(crate) mod text;
