//! The faults that the stub of a world injects.
//!
//! `catalogue` lists every kind, with `gateways` and `partial_lists` for two families of them; `armed` chooses those of one
//! start of the stub.

pub(crate) mod armed;
pub(crate) mod catalogue;
pub(crate) mod gateways;
pub(crate) mod kind;
mod partial_lists;
