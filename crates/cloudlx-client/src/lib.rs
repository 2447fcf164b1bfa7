//! An async client of the CloudLX (today: Infiny) customers API that says how every call ended.
//!
//! ```no_run
//! use cloudlx_client::{Client, CreateError, Credentials};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let credentials = Credentials::client("my-client-id", std::env::var("CLOUDLX_CLIENT_SECRET")?);
//! let client = Client::builder("https://www.infiny.io", credentials).build()?;
//!
//! let request = cloudlx_validate::from_json(
//!     br#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2, 7]}"#,
//! )?;
//! match client.create_customer(&request).await {
//!     Ok(customer) => println!("created customer {}", customer.id),
//!     Err(CreateError::NotCreated { retry, source }) => println!("not created ({retry}): {source}"),
//!     Err(CreateError::Unknown { source }) => println!("perhaps created, look before sending again: {source}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # How a create ends
//!
//! The API has no idempotency key, so sending a create twice makes two customers. Hence [`CreateError`] keeps apart
//! what is known: [`NotCreated`](CreateError::NotCreated) is said only where it is certain that the server made no
//! customer, everything else is [`Unknown`](CreateError::Unknown). The client sends each request once. It sends it a
//! second time only when the first was refused with 401 because its cached token had ended. It follows no redirect. The
//! body of a request can leave this process once and no more: it is given to the transport piece by piece, and a
//! transport that never asked for it has sent none of it. That is also how an attempt that failed before it was sent is
//! told from one that failed after.
//!
//! | what came | a create is | sending it again |
//! | --- | --- | --- |
//! | 2xx with a customer (documented: 200) | done | |
//! | no token, or a token refused | not created | as the token's own failure says |
//! | no connection, or no time left before sending | not created | can help |
//! | 421, 425, 429, or 503 with a readable `Retry-After` | not created | can help, after that time |
//! | 307, 308 | not created | useless before the base URL is corrected |
//! | other 4xx than those and 408 | not created | useless unchanged |
//! | other 3xx, 408, 503 without `Retry-After`, other 5xx | unknown | look first |
//! | 2xx with anything else | unknown | look first |
//! | nothing, or half an answer | unknown | look first |
//!
//! 303 is what a server says after it has acted on a POST, and web frameworks say 302 and others for the same. 408 should
//! mean that the request did not arrive in full, but gateways also say it when the server behind them was slow. All of
//! this table is inferred: the page documents no errors. Dropping the future of a create after it was first polled leaves
//! its outcome unknown, too; there is no need to, because [`ClientBuilder::call_timeout`] ends every call in time.
//!
//! # Tokens
//!
//! With a client's id and secret, an access token is fetched when it is first needed, kept, and fetched anew a minute
//! before it ends (a tenth of its life before, where that is less). However many calls run, one of them fetches and the
//! others wait. Where that fails, a token that has not ended yet is used until it does. Refresh tokens are not used: the
//! API asks for the id and the secret there as well (sdk), so they save nothing.
//!
//! # Secrets
//!
//! Neither the client, nor its builder, nor any error shows a secret, in `Debug`, `Display` or a source. Where a server
//! echoes one in the usual spellings (as it is, or escaped for JSON, a URL, a form or HTML), it is replaced with
//! `[redacted]` before the answer is kept.
//!
//! # Features
//!
//! `rustls` (default) brings HTTPS, and needs a C compiler to build, no other tool; certificates are checked as the
//! platform does. Without it, only plain HTTP works, or HTTPS through an
//! [`http_client`](ClientBuilder::http_client) of your own.
//!
//! # What may change
//!
//! Of the crates below this one, its interface shows the model and `cloudlx_validate`, [`SecretString`] (`secrecy` 0.10),
//! [`serde_json::Value`] (1), [`StatusCode`] (`http` 1), and of `reqwest` nothing but the
//! [`ClientBuilder`](reqwest::ClientBuilder) that [`http_client`](ClientBuilder::http_client) takes: its errors come
//! boxed.
//!
//! [`Error`], [`BuildError`] and [`BaseUrlError`] may get more variants, [`ErrorPayload`] more shapes; the variants of
//! [`Error`], [`Target`] and [`RawBody`] may get more fields. [`CreateError`], [`Retry`], [`RetryAfter`], [`TokenKind`]
//! and [`Credentials`] are complete, so that a `match` on them needs no rest.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod attempt;
mod base_url;
mod builder;
mod call_time;
mod client;
mod credentials;
mod error;
mod error_payload;
mod once_body;
mod outcome;
mod raw_answer;
mod redact;
mod retry_after;
mod target;
mod token;

pub use answer::{MAX_ANSWER_BYTES, MAX_ERROR_BODY_BYTES};
pub use base_url::BaseUrlError;
pub use builder::{
    BuildError, ClientBuilder, DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_CALL_TIMEOUT, DEFAULT_CONNECT_TIMEOUT,
};
pub use client::Client;
pub use credentials::Credentials;
pub use error::{CreateError, Error, TokenKind};
pub use error_payload::{ErrorPayload, RawBody};
pub use outcome::Retry;
pub use raw_answer::{RawAnswer, Reading};
/// What [`ClientBuilder::http_client`] takes, and the status in an [`Error`].
pub use reqwest::{self, StatusCode};
pub use retry_after::RetryAfter;
pub use secrecy::SecretString;
pub use target::Target;

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
