//! Connects to a PostgreSQL database that several machines share. [`Address`] reads the address of the database; [`connect()`]
//! opens a connection, and encrypts it whenever it leaves this machine.
//!
//! The import's journal and the stub's state use this crate. It knows nothing about what they store.
//!
//! ```no_run
//! use cloudlx_postgres::{Address, connect};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let address = Address::new("postgres://anna@db.example/imports", std::env::var("PGPASSWORD").ok().as_deref())?;
//! let client = connect(&address, "my program").await?;
//! client.batch_execute("SELECT 1").await?;
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod address;
mod connect;
mod encryption;
mod error;
mod tls;

pub use self::address::Address;
pub use self::connect::{ConnectError, connect, in_words};
pub use self::error::AddressError;

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
