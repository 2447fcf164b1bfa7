//! A stub of the CloudLX (today: Infiny) customers API, for tests and demos.
//!
//! It listens on its own socket, answers as the vendor's page describes, and checks customers by the rules of
//! `cloudlx-validate` and against its catalogue. Its state is in memory, unless a file or a database is configured.
//!
//! ```
//! use cloudlx_server_stub::Stub;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let stub = Stub::start().await?;
//! assert!(stub.base_url().starts_with("http://127.0.0.1:"));
//! assert_eq!(stub.client_id(), "stub");
//!
//! // …point the program under test at `stub.base_url()`, and check its requests and customers:
//! assert!(stub.customers().is_empty());
//! for request in stub.requests() {
//!     println!("{request}");
//! }
//!
//! stub.shutdown().await;
//! # Ok::<(), cloudlx_server_stub::StartError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it answers
//!
//! All endpoints of `cloudlx_model::ENDPOINTS`. A request is checked in this order, and the answer reports the first failed
//! check (the order and all statuses except 200 are inferred):
//!
//! | status | when |
//! | --- | --- |
//! | 404 | The path is not one of the API's. Paths are compared as they are written, and a customer's id is a whole number in range, without a sign or leading zeros. |
//! | 405 | The path does not have the method; `Allow` lists those that it has. `HEAD` is handled as `GET`, and `OPTIONS` is answered 204 with `Allow`, without a token. |
//! | 401 | No live access token in `Authorization`: none, one that is unknown, has expired or was revoked. `WWW-Authenticate: Bearer` is set. |
//! | 429 | The client has made as many calls with tokens as it may in a minute ([`Builder::rate_limit`]; off by default). |
//! | 403 | The client may only read ([`Builder::read_only_client`]), and this is a create. |
//! | 406 | `Accept` excludes version 1. A missing one, wildcards and `application/json` mean version 1. |
//! | 415 | `Content-Type` is not JSON (nor a form, on the token endpoints). A missing one means JSON. |
//! | 413 | The body is longer than 1 MiB. |
//! | 400 | The body is not JSON. |
//! | 422 | The body breaks a rule of the contract, or has a realm or sub-realm that is not in the catalogue. |
//! | 200 | All checks passed (page). |
//!
//! After these checks, the token endpoints answer 401 to wrong credentials or a refresh token that is not live, and an id that
//! no customer has is answered 404. A body that does not arrive in time is answered 408, and a bug in the stub 500. A request
//! that is not HTTP, or whose end is ambiguous, is answered 400, a head of more than 64 KiB or 100 headers 431, and a target
//! of more than 64 KiB 414. These answers have no body, and the connection is closed.
//!
//! With a rate limit, each answer to a call with a live token has `X-RateLimit-Limit` and `X-RateLimit-Remaining`, and a 429 has
//! `Retry-After` and `X-RateLimit-Reset` (seconds of Unix time), as in Laravel (inferred: the error bodies are those of a
//! package for it). Laravel also checks the rate limit before the right to call.
//!
//! A list has all customers and no pages (sibling). With [`Builder::page_size`] it has pages in the form of the framework that
//! the API is built with (inferred).
//!
//! Only token requests are not checked by `cloudlx-validate`: they may also be forms and queries, and errors about them never
//! quote a value.
//!
//! Errors have the shape of `cloudlx_model::ErrorBody`. Their messages say what was expected, what was found and what to do.
//! They list 100 fields at most, with 100 messages each, and give the number of invalid fields, or of mistakes when there are
//! more than 1,000.
//!
//! # What it does wrong
//!
//! Nothing, by default. [`faults`] simulates failures of a network and a server for some requests or all, and
//! [`Builder::latency`] delays every answer.
//!
//! # What it speaks
//!
//! HTTP/1.1 and HTTP/1.0; with the feature `http2` also HTTP/2 at the same port, for callers with prior knowledge (all
//! inferred: no page names a version, and each follows its RFC). In HTTP/2, a fault that closes or resets a connection, or
//! breaks an answer off, ends the whole connection without an answer, also for its other active requests. A fault that never
//! answers leaves only its own request waiting.
//!
//! # What it observes
//!
//! [`Stub::expect`] states which requests a test expects of the program under test, and how many; an expectation that is not
//! met [explains](expect) why. [`Stub::requests`] returns the last requests, and [`Stub::requested`] waits for the next.
//!
//! # What it answers beside the API
//!
//! No request fault hits these, and the request log does not record them.
//!
//! | path | answer |
//! | --- | --- |
//! | `/healthz` | `{"status": "ok"}` from a running stub. |
//! | `/__stub/…` | The control API, if [`Builder::control`] has enabled it: reset, customers, faults, requests, clock, tokens. `schemas/v1/stub.openapi.json` describes it. |
//! | `/openapi.json`, `/schemas/` | With the feature `documents`: the OpenAPI document with this stub as its server, and the JSON Schemas. |
//! | `/` | With the feature `page`, for a browser (`Accept: text/html`): a page that documents the stub, sends requests, and shows the requests of other programs with their violations. Other callers get 404. |
//!
//! `HEAD` works wherever `GET` does. Documents have an `ETag`.
//!
//! # What it keeps
//!
//! - Customers, as long as it runs and without a limit, in memory: 256 bytes for one that is like the page's sample. With the
//!   feature `sqlite` and `Builder::state_file` they are also in a file, and survive the stub; with the feature `postgres` and
//!   `Builder::shared_state` they and the tokens are in a database that several stubs share. A list is sent while it is read,
//!   256 customers at a time: a longer one has no `Content-Length`.
//! - The last requests ([`Stub::requests`]): at most 1,000 and 8 MiB ([`Builder::journal_size`]), cut to length and without the
//!   secrets that it can find ([`RecordedRequest`] lists those).
//! - Live tokens, at most 10,000 of each kind. A refresh token stays valid after a refresh (inferred).
//!
//! # What it withstands
//!
//! 512 open connections ([`Builder::max_connections`]). An idle connection makes room for another one when its last answer has
//! been delivered, and is closed after a timeout ([`Builder::header_timeout`]). Heads and bodies have timeouts
//! ([`Builder::body_timeout`], [`Builder::body_pause`]) and size limits; 32 large bodies are read at once, and the first 1,000
//! mistakes of a body are recorded. The process stays under 256 MiB with 10,000 connections, bodies that are costly to read,
//! and 500 large ones together (a test does this, with few customers). Client secrets are compared in constant time, tokens
//! are looked up by a keyed hash, and neither is ever logged or shown.
//!
//! # Which realms a new customer has
//!
//! All realms of the request. The request of the page's sample has realms 1, 2 and 7, and its answer shows two of them; no page
//! explains why, so the stub does not imitate it. The name of realm 1 in [`catalogue::built_in`] is invented.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod auth;
mod builder;
mod clock;
mod exchange;
pub mod faults;
mod http;
mod lock;
mod observe;
mod server;
mod side;
mod store;
mod stub;
mod wire;

/// The address of a shared state.
#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub mod postgres {
    pub use cloudlx_postgres::{Address, AddressError};
}

pub use api::catalogue;
pub use builder::{Builder, StartError};
pub use clock::Clock;
pub use observe::access_log::Served;
pub use observe::expect;
pub use observe::request_log::RecordedRequest;
#[cfg(feature = "documents")]
#[cfg_attr(docsrs, doc(cfg(feature = "documents")))]
pub use side::control::document as control_document;
pub use store::StateError;
pub use stub::Stub;

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
