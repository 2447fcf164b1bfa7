//! What `cargo xtask` knows and its tests look at: whether a change of the contract breaks anybody.
#![forbid(unsafe_code)]

pub mod compat;
