//! A stub of the CloudLX (today: Infiny) customers API, for tests and demos.
//!
//! It listens on a socket of its own, answers as the vendor's page says, checks customers by the rules of
//! `cloudlx-validate` against its catalogue, and keeps its state in memory, unless it is told to keep it elsewhere.
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
//! // …point the program under test at `stub.base_url()`, and look at what came of it:
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
//! All endpoints of `cloudlx_model::ENDPOINTS`. A request is checked in this order, and the first thing wrong is what
//! the answer is about (the order and all statuses but 200 are inferred):
//!
//! | status | when |
//! | --- | --- |
//! | 404 | The path is not one of the API's. Paths are taken as written, and a customer's id is a whole number in range, with no sign and no zeros before it. |
//! | 405 | The path has no such method; `Allow` says which it has. `HEAD` goes where `GET` goes, and `OPTIONS` is answered 204 with `Allow`, to anybody. |
//! | 401 | No live access token in `Authorization`: none, one that is unknown, has expired or was revoked. `WWW-Authenticate: Bearer` is set. |
//! | 429 | The client has made as many calls with tokens as it may in a minute ([`Builder::rate_limit`]; off by default). |
//! | 403 | The client may only read ([`Builder::read_only_client`]), and this is a create. |
//! | 406 | `Accept` leaves no room for version 1. A missing one, wildcards and `application/json` mean version 1. |
//! | 415 | `Content-Type` is not JSON (nor a form, on the token endpoints). A missing one means JSON. |
//! | 413 | The body is longer than 1 MiB. |
//! | 400 | The body is not JSON. |
//! | 422 | The body breaks a rule of the contract, or names a realm or sub-realm that the catalogue does not have. |
//! | 200 | All is well (page). |
//!
//! After these come 401 for wrong credentials or a refresh token that is not live, on the token endpoints, and 404 for
//! an id that no customer has. A body that does not come in time is answered 408, and a bug in the stub 500. A request that
//! is not HTTP, or whose end is in doubt, is answered 400, a head of more than 64 KiB or 100 headers 431, a target of more
//! than 64 KiB 414, all without a body, and its connection is closed.
//!
//! With a rate limit, `X-RateLimit-Limit` and `X-RateLimit-Remaining` stand in each answer to a call with a live token, and
//! `Retry-After` and `X-RateLimit-Reset` (seconds of Unix time) in a 429, as in Laravel's (inferred: the error bodies are
//! those of a package for it). That 429 comes before 403 is Laravel's order too.
//!
//! A list has all there is, and no pages (sibling). With [`Builder::page_size`] it has pages, as those of the framework below the
//! API have them (inferred).
//!
//! Token requests are the one kind of body that does not go through `cloudlx-validate`: they come as forms and queries
//! too, and what is wrong with them is said without quoting it.
//!
//! Errors have the shape of `cloudlx_model::ErrorBody`; their messages say what was expected, what came, and what to do.
//! They name 100 fields at most, with 100 messages each, and say how many fields there are, or how many mistakes when there
//! are more than 1,000.
//!
//! # What it does wrong
//!
//! Nothing, until it is told to: [`faults`] has all that a network and a server can show, for some requests or all, and
//! [`Builder::latency`] makes every answer take its time.
//!
//! # What it speaks
//!
//! HTTP/1.1 and HTTP/1.0; with the feature `http2` also HTTP/2 at the same port, for callers that begin with it (all of it
//! inferred: no page names a version, and each is as its RFC says). In HTTP/2, a fault that ends a connection or breaks an
//! answer off ends the whole connection without an answer, with all that is under way on it; one that never answers leaves
//! its own request waiting.
//!
//! # What it is sent
//!
//! [`Stub::expect`] says what a test expects of the program under test: which requests, and how often. What it expects in
//! vain it [explains](expect). [`Stub::requests`] has the last requests, and [`Stub::requested`] waits for the next.
//!
//! # What it answers beside the API
//!
//! No fault hits these, and the journal does not have them.
//!
//! | path | what is there |
//! | --- | --- |
//! | `/healthz` | `{"status": "ok"}` from a stub that can answer. |
//! | `/__stub/…` | The control API, where [`Builder::control`] turned it on: reset, customers, faults, requests, clock, tokens. `schemas/v1/stub.openapi.json` describes it. |
//! | `/openapi.json`, `/schemas/` | With the feature `documents`: the OpenAPI document with this stub as its server, and the JSON Schemas. |
//! | `/` | With the feature `page`, for a browser (`Accept: text/html`): a page that says all this, tries requests, and follows those of other programs with the verdict on each. To others it is 404. |
//!
//! `HEAD` works where `GET` does. Documents have an `ETag`.
//!
//! # What it keeps
//!
//! Customers, for as long as it runs and without a bound: a test that creates millions has to hold them in memory, in 256
//! bytes for one that is like the page's sample. With the feature `sqlite` and `Builder::state_file` they outlive it in a
//! file; with the feature `postgres` and `Builder::shared_state` they and the tokens are in a database that several stubs
//! share. A list is sent as it is read, 256 customers at a time: a longer one comes without a `Content-Length`. The
//! last requests ([`Stub::requests`]), 1,000 of them and 8 MiB at most ([`Builder::journal_size`]), cut to length and
//! without what it can tell to be secret; [`RecordedRequest`] says what that is. Live tokens, 10,000 of each kind at most. A refresh does not use the refresh token up (inferred).
//!
//! # What it withstands
//!
//! 512 connections at once ([`Builder::max_connections`]); one that idles makes room for another once its last answer has
//! gone out, and is closed after a while ([`Builder::header_timeout`]). A head and a body have their time to come in ([`Builder::body_timeout`],
//! [`Builder::body_pause`]) and their length; large bodies are read 32 at a time, and of what is wrong with one the first
//! thousand mistakes are written down. A crowd of 10,000 connections, bodies made to be costly, and 500 large ones together
//! leave the process under 256 MiB (a test attacks it so, with few customers). Client secrets are compared in constant time,
//! tokens looked up by a keyed hash, and neither is ever logged or shown.
//!
//! # Which realms a new customer has
//!
//! All that the request names. The page's sample asks for realms 1, 2 and 7 and its answer shows two of them; nothing
//! says why, so the stub does not guess. Realm 1 has a name made up in [`catalogue::built_in`].
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

/// Where a shared state is.
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
