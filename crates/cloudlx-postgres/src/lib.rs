//! How a PostgreSQL database is reached that several machines share: its [`Address`], and a [`connect`] that encrypts whatever
//! leaves this machine.
//!
//! The import's journal and the stub's state both stand on it. What they keep in a database is theirs alone.
#![forbid(unsafe_code)]

mod address;
mod connect;
mod encryption;
mod tls;

pub use self::address::{Address, AddressError};
pub use self::connect::{ConnectError, connect, in_words};
