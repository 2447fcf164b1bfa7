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
//! Facts about the API carry labels here: `page`, `sibling`, `sdk` and `inferred` say where each comes from, as
//! [`cloudlx_model`] explains.
//!
//! # How a create ends
//!
//! The API has no idempotency key, so sending a create twice makes two customers. [`CreateError`] therefore has two variants.
//! The client returns [`NotCreated`](CreateError::NotCreated) only where it is proved that the server created no customer, and
//! [`Unknown`](CreateError::Unknown) in every other case. It sends a create again only where it was not created. It follows no
//! redirect. The body of an attempt can leave this process at most once: the transport takes it piece by piece, and a
//! transport that never asked for the body has sent none of it. This is how the client tells an attempt that failed before
//! anything was sent from one that failed afterwards.
//!
//! A response proves something only where the API itself gives it, or something that answers before any application runs. A
//! gateway, a response filter or a proxy can send nearly everything else after the API did its work, or while the work goes
//! on. [`SaidBy`] says who a response comes from:
//!
//! * *the API*: JSON as its framework writes errors, with a `message`, and with a `status_code` that equals the status. A 503
//!   may have no other fields than the framework's, because gateways write nearly the same (inferred).
//! * *a rule*: 400 or 422 with JSON that describes what is wrong with the request: messages by field as text or lists, problem
//!   details, JSON:API, or a list of violations. With 422 a single text is enough. Every status that the JSON repeats must
//!   agree (inferred).
//! * *before any application*: the responses that the table marks so.
//! * *anybody*: every other response, and every body that was cut off.
//!
//! | response | a create is | the client | sending it again | why |
//! | --- | --- | --- | --- | --- |
//! | 2xx with a customer (documented: 200) | done | | | page |
//! | 2xx with anything else | unknown | gives up | look first | the server did something, and nobody can read what (inferred) |
//! | none, or half of one | unknown | gives up | look first | the server may have done the work, or may still do it (inferred) |
//! | none, after [a part](Sent::Part) of the body was sent | not created | tries again | can help | by its length the request is incomplete, and a part of it is not JSON (inferred) |
//! | a kept token refused (401) by the API, or with a challenge for a token | not created | renews the token and sends again, once | | tokens are checked before the request is processed (inferred) |
//! | a new token refused so | not created | waits and sends again, once | | the server that checks the token may not know it yet (inferred) |
//! | no token, or a new token refused twice | not created | gives up | as the token's own failure says | the same (inferred) |
//! | 401 by anybody | unknown | gives up; the next call fetches a new token | look first | it may be a proxy's own (inferred) |
//! | no connection | not created | tries again | can help | nothing was sent |
//! | no connection before [something is corrected](#proxies-and-certificates) | not created | gives up | useless before that | nothing was sent |
//! | less time left before sending than a whole attempt has, or [too many others](ClientBuilder::max_concurrent_requests) all the time | not created | gives up | can help | nothing was sent |
//! | 421, 425, 429 by the API | not created | tries again, after `Retry-After` | can help, after that time | a server sends these instead of processing a request; a gateway may pass on the response to a second try of its own (inferred) |
//! | 503 by the API with a readable `Retry-After` | not created | tries again, after that time | can help, after that time | an API in maintenance turns requests away and says when to come back (inferred) |
//! | 400, 422 by a rule | not created | gives up | useless unchanged | rules are checked before anything is stored (inferred) |
//! | another 4xx by the API, except 408 | not created | gives up | useless unchanged | the API says that it refused (inferred) |
//! | 403 with a challenge for a token | not created | gives up | useless unchanged | the rights of a token are checked before the request is processed (inferred) |
//! | 405 | not created | gives up | useless unchanged | the router sends it, before any code of the endpoint runs (inferred) |
//! | 406, not as HTML | not created | gives up | useless unchanged | the version is chosen before a route; response filters send 406 with an HTML page (inferred) |
//! | 407 | not created | gives up | useless unchanged | a proxy passes nothing on without its password (inferred) |
//! | 413, 415 | not created | gives up | useless unchanged | the server refused to read the body (inferred) |
//! | 431 | not created | gives up | useless unchanged | the server did not read the whole head (inferred) |
//! | 301, 307, 308 to the same path on another scheme or host, or with or without the last slash | not created | gives up | useless before the base URL is corrected | the address is wrong, and the redirect comes before an application runs (inferred) |
//! | 302 to the same URL by https | not created | gives up | useless before the base URL is corrected | proxies send 302 for that by default (inferred) |
//! | any other redirect | unknown | gives up | look first | frameworks redirect after they processed a POST, and filters redirect to a page of their own (inferred) |
//! | 408 | unknown | gives up | look first | it should mean that the request did not arrive, and servers also send it when the work took too long (inferred) |
//! | another 4xx by anybody | unknown | gives up | look first | a filter can replace the API's response with it (inferred) |
//! | any other 5xx | unknown | gives up | look first | the server may have done the work, or may still do it (inferred) |
//!
//! The documentation shows no errors, so every row but the first is inferred. Where the response to an unknown create names a
//! customer, in `Location` or in the beginning of a body that broke off, [`Error::named_customer`] returns the id. Dropping
//! the future of a create after its first poll also leaves the outcome unknown. There is no need to drop it:
//! [`ClientBuilder::call_timeout`] ends every call in time.
//!
//! # What is tried again
//!
//! The client tries creates again as the table says. It tries calls that read, and requests for a token, again after every
//! failure that may pass: no connection (except where [something has to be corrected](#proxies-and-certificates)), a timeout,
//! a connection that broke, a response that was cut off, 408, 421, 425, 429, 500, 502, 503 and 504. JSON that ends too soon
//! counts as cut off, because a server or proxy that gives up need not signal it. 408, 421 and 425 ask for the same request
//! again. Behind a 500 there is often a deadlock or a restart; where it is a defect, repeating a call that reads does no harm.
//!
//! A call has at most [three attempts](DEFAULT_MAX_ATTEMPTS) ([`max_attempts`](ClientBuilder::max_attempts),
//! [`no_retries`](ClientBuilder::no_retries)). The delays between them grow and are random. The client never retries before a
//! `Retry-After` has passed, and reads a date there relative to the response's own `Date`. A call never sleeps past its
//! deadline: where the wait would not fit, the call ends at once with the failure of its last attempt. A shared
//! [budget](ClientBuilder::retry_budget) caps the retries of all calls of a client, so that the load on a server that is down
//! stays bounded.
//!
//! A create is sent, the first time or again, only while the call has the time of a whole attempt left: the
//! [attempt timeout](ClientBuilder::attempt_timeout), or three quarters of the [call's time](ClientBuilder::call_timeout) where
//! that is less. With less time, the server might create the customer with nobody waiting for the response. A call that reads
//! risks nothing, so it is sent with whatever time is left.
//!
//! When the server refuses a token that was fetched for this call, the client waits twice the first of the
//! [delays](ClientBuilder::retry_delays) and sends the request once more, because the server that checks tokens may learn of a
//! token later than the server that issues it. It does not do so with a token that the caller gave, which waiting does not
//! improve. This repetition, and the one with a renewed token, do not count as attempts, and happen also
//! [without retries](ClientBuilder::no_retries).
//!
//! [`Error::attempts`] returns the number of attempts, [`ClientBuilder::on_wait`] observes each wait, and [`Client::observe`]
//! makes one attempt.
//!
//! # Connections
//!
//! The client reuses connections. A create on a connection that the server has already closed is lost, and its outcome is
//! unknown although the server has read nothing. Two measures keep creates off such connections:
//!
//! * The client uses no connection that was [idle for longer than a second](ClientBuilder::idle_timeout). Servers keep theirs
//!   longer, so a create seldom crosses the close of an idle connection. After a longer pause, the next request pays for a new
//!   connection. With an idle time of zero, every request opens its own.
//! * Before a request is sent, tokio polls the operating system once for events on all connections, unless a response arrived
//!   just before. This takes microseconds and needs no request. So it makes no difference whether the program let the runtime
//!   run between two calls or blocked it: with `block_on` on a current-thread runtime, nothing runs while the program is
//!   outside of it, and nothing notices that the server closes a connection.
//!
//! One gap remains: a connection that broke within that second without a sign that reached this machine. On a runtime with
//! several threads, another thread does the polling. Where all of them were suspended (a stopped process), the poll may come
//! just after the request, and only the idle time protects. Some systems do not count the time during which the machine slept
//! as idle.
//!
//! # Long lists
//!
//! [`Client::list_customers`] holds the whole list in memory, up to [`MAX_ANSWER_BYTES`]. [`Client::fold_customers`] reads a
//! list of any length, customer by customer while it arrives, and holds only what the caller keeps, and the ids.
//!
//! # Pages, and lists that are not whole
//!
//! The documentation shows no paging (sibling), so everything in this section is inferred. A list may state that it is not
//! whole: in fields beside it (`meta.pagination` as the API's framework writes it, `total`, `next_page_url`, `has_more`,
//! `next_cursor` and similar names, in any spelling), in a header (`Link` with `rel=next`, `X-Total-Count` and similar names,
//! `Content-Range`), or by the status 206. The client does not take such a response for the whole list. It reads the next page
//! where the response names it by a URL of the same origin and path, each page once and at most [`MAX_PAGES`], within the time
//! of the call. Each page has its own attempts. An element that a later page repeats is returned once.
//!
//! In all other cases the call fails with [`Error::Incomplete`], which quotes the statement, and says why the rest was not read
//! ([`Gap`]) and what to do: the total exceeds what arrived and no next page is named, the next page is elsewhere (the token is
//! never sent there), the client has read the next page already, or the total changed in between. A total *below* what arrived
//! hides no customer. Where a list states only a maximum, and is as long as that, nobody can tell whether it is whole, and it
//! counts as incomplete. One case cannot be seen in a list without a total: a customer that moved to an earlier page while the
//! pages were read, because another one was deleted.
//!
//! # What is read
//!
//! The client reads responses as the model does: an id may be text, and a list may be null or an object with number keys. It
//! ignores byte-order marks before JSON. One customer that cannot be read does not hide the others: it becomes an
//! [`UnreadableCustomer`] with its position and, where that can be read, its id, and nothing else of it. A list of realms or
//! sub-realms is read as a whole or not at all.
//!
//! # Tokens
//!
//! With a client's id and secret, the client fetches an access token when a call first needs one, keeps it, and fetches a new
//! one a minute before it expires (a tenth of its lifetime before, where that is less). However many calls run, one of them
//! fetches the token and the others wait. When that fails, the kept token is used until it expires. The client does not use
//! refresh tokens: the API asks for the id and the secret there as well (sdk), so they save nothing.
//!
//! Of the response, the client needs only `access_token`: text that a header can hold, apart from white space around it. It
//! reads the lifetime from a number or a text, with or without a fraction, and uses at most 24 hours. Where the lifetime is
//! missing (RFC 6749, 5.1, allows that), null, negative or not a number, the client keeps the token for five minutes; a token
//! that expires earlier is renewed when the server refuses it. An error names what is wrong with the response by field and
//! type, never by value. It shows an `error` with its `error_description`, also of a response with status 200, and the reason in
//! `WWW-Authenticate`.
//!
//! # Proxies and certificates
//!
//! The client uses the proxies of the environment: `HTTPS_PROXY` or `https_proxy` for `https`, `HTTP_PROXY` or `http_proxy` for
//! `http`, `ALL_PROXY` or `all_proxy` for both, except for the hosts in `NO_PROXY`, and never for this machine. Only HTTP
//! proxies work, unless the program enables `reqwest`'s feature for others. Certificates are checked against the store of the
//! platform; on Linux, `SSL_CERT_FILE` and `SSL_CERT_DIR` replace it. A store without certificate authorities is an error when
//! the client is built ([`BuildError::NoAuthorities`]).
//!
//! A fault that persists until somebody corrects it gets one attempt, and [`ConnectionFault`] names it: a certificate that is
//! not accepted and why, a server that speaks no TLS, a proxy that asks for a password (407) or refuses CONNECT. The message
//! names the proxy, without its password, and the variable that it came from. Nothing of the request was sent then, so a create
//! was not made. A name that cannot be resolved may resolve a moment later, so it is tried again. With an
//! [`http_client`](ClientBuilder::http_client) of your own, certificate faults are recognised where it uses `rustls`, and its
//! proxy is not known.
//!
//! # Secrets
//!
//! Neither the client, nor its builder, nor any error shows a secret in `Debug`, `Display` or a source. Where a server echoes a
//! secret in one of the usual spellings (verbatim, or escaped for JSON, a URL, a form or HTML), the client replaces it with
//! `[redacted]` before it keeps the response. It also finds a secret that was trimmed, and the beginning of one, of eight
//! characters or more, before an ellipsis, as in stack traces. A client id or secret with a control character, or with white
//! space at an end, is refused when the client is built.
//!
//! What an error says of a body that cannot be read names types and positions and quotes no value, which may be other people's
//! data. An error's own text is [plain](cloudlx_validate::plain).
//!
//! # Traces
//!
//! `tracing` gets two kinds of spans, both with the target `cloudlx_client`: `call`, and within it `attempt`. Their fields are
//! `endpoint`, `method`, `path` (with the names of its parameters, not their values), `status`, `outcome`, and `attempts` or
//! the number of the `attempt`. The outcome of a call is `done`, `not_done` or `unknown`; it stays empty when the future was
//! dropped. A wait before another attempt is an event. Spans and events contain no text of a request or a response, no address
//! and no secret. They cost next to nothing without a subscriber.
//!
//! # Features
//!
//! `rustls` (default) brings HTTPS. Building it needs a C compiler and no other tool; certificates are checked as the platform
//! does. Without it, only plain HTTP works, or HTTPS through an [`http_client`](ClientBuilder::http_client) of your own.
//!
//! The cryptography comes from the process's `rustls` provider. Where the program has installed none, the first client that is
//! built installs `ring`. A program that needs certified cryptography (FIPS) or post-quantum key exchange installs a provider
//! that has it, such as that of `aws-lc-rs`, before it builds a client:
//! `rustls::crypto::aws_lc_rs::default_provider().install_default()`.
//!
//! # What may change
//!
//! The public interface shows these other crates: the model and `cloudlx_validate`, [`SecretString`] (`secrecy` 0.10),
//! [`serde_json::Value`] (1), [`StatusCode`] (`http` 1), and of `reqwest` only the
//! [`ClientBuilder`](reqwest::ClientBuilder) that [`http_client`](ClientBuilder::http_client) takes: its errors are boxed.
//!
//! [`Error`], [`BuildError`], [`ConnectionFault`], [`BaseUrlError`], [`Gap`], [`SaidBy`] and [`TimeLimit`] may get more
//! variants, [`ErrorPayload`] more shapes; the variants of [`Error`], [`Target`], [`ResponseHead`], [`Proxy`], [`RawAnswer`]
//! and [`RawBody`] may get more fields. [`CreateError`], [`Retry`], [`RetryAfter`], [`Sent`], [`TokenKind`] and [`Credentials`]
//! are complete, so a `match` on them needs no wildcard.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

// Folders import downwards only, in this order: `builder`, `client`, `call`, `auth`, `error`, `success`, `proof`, `paging`,
// `response`, `redact`, `transport`, `time`. The public paths do not show the folders.
mod auth;
mod builder;
mod call;
mod client;
mod error;
mod paging;
mod proof;
mod redact;
mod response;
mod success;
mod time;
mod transport;

pub use auth::credentials::Credentials;
pub use builder::ClientBuilder;
pub use builder::defaults::{
    DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_CALL_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_FIRST_RETRY_DELAY,
    DEFAULT_IDLE_TIMEOUT, DEFAULT_LONGEST_RETRY_DELAY, DEFAULT_MAX_ATTEMPTS, DEFAULT_MAX_CONCURRENT_REQUESTS,
    DEFAULT_RETRIES_PER_SECOND, DEFAULT_RETRY_PERCENT,
};
pub use call::raw_answer::{RawAnswer, Reading};
pub use client::Client;
pub use error::build::BuildError;
pub use error::call::Error;
pub use error::create::CreateError;
pub use error::token_kind::TokenKind;
pub use paging::pager::{Gap, MAX_PAGES};
pub use paging::statements::Paging;
pub use proof::outcome::Retry;
pub use proof::said_by::SaidBy;
/// What [`ClientBuilder::http_client`] takes, and the status in an [`Error`].
pub use reqwest::{self, StatusCode};
pub use response::body::{MAX_ANSWER_BYTES, MAX_ERROR_BODY_BYTES};
pub use response::byte_order_mark::without_byte_order_mark;
pub use response::error_payload::{ErrorPayload, RawBody};
pub use response::head::ResponseHead;
pub use response::retry_after::RetryAfter;
pub use secrecy::SecretString;
pub use success::fold::MAX_CUSTOMER_BYTES;
pub use success::listed::{ListedCustomers, UnreadableCustomer, UnreadableCustomers};
pub use time::time_limit::TimeLimit;
pub use transport::base_url::BaseUrlError;
pub use transport::connection_fault::ConnectionFault;
pub use transport::once_body::Sent;
pub use transport::proxy::Proxy;
pub use transport::target::Target;

/// The Rust of this crate's README and of the workspace's, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
#[doc = include_str!("../../../README.md")]
struct Readme;
