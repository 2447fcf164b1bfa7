//! The client against a server that follows a script.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test cannot do without, it fails without"
)]

mod answers;
mod building;
mod concurrency;
mod connections;
mod deadlines;
mod folding;
mod in_between;
mod outcomes;
mod paging;
mod reading;
mod retries;
#[path = "../scripted/mod.rs"]
mod scripted;
mod secrets;
mod token_answers;
mod tokens;
mod wire;
