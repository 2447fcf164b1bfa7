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
//! what is known: [`NotCreated`](CreateError::NotCreated) is said only where it is proved that the server made no
//! customer, everything else is [`Unknown`](CreateError::Unknown). Only what was not created is sent again. No redirect is
//! followed. The body of an attempt can leave this process once and no more: it is given to the transport piece by piece,
//! and a transport that never asked for it has sent none of it. That is also how an attempt that failed before it was
//! sent is told from one that failed after.
//!
//! An answer proves something only where the API itself gives it, or something that answers before any application is
//! asked. A gateway, a filter of answers or a proxy can say nearly everything else after the API did its work, or while
//! it goes on. [`SaidBy`] is who an answer comes from:
//!
//! * *the API*: JSON as its framework writes errors, with a `message` and a `status_code` that is the status. A 503 has no
//!   other fields than the framework's, because gateways write much the same (inferred).
//! * *a rule*: 400 or 422 with JSON that says what is wrong with the request: messages by field as text or lists, problem
//!   details, JSON:API, a list of violations; of 422 one text is enough. A status that it repeats, wherever, agrees
//!   (inferred).
//! * *before any application*: the answers that the table names so.
//! * *anybody*: all else, and every body that was cut off.
//!
//! | what came | a create is | the client | sending it again | why |
//! | --- | --- | --- | --- | --- |
//! | 2xx with a customer (documented: 200) | done | | | page |
//! | 2xx with anything else | unknown | gives up | look first | something was done, and nobody can read what (inferred) |
//! | nothing, or half an answer | unknown | gives up | look first | the work may be done, or go on (inferred) |
//! | nothing, after [a part](Sent::Part) of the body was sent | not created | tries again | can help | by its length the request is incomplete, and a part of it is no JSON (inferred) |
//! | a kept token refused (401) by the API, or with a challenge for a token | not created | renews the token and sends again, once | | tokens are checked before the request is processed (inferred) |
//! | a new token refused so | not created | sends again after a moment, once | | the server that checks it may have yet to hear of it (inferred) |
//! | no token, or a new token refused twice | not created | gives up | as the token's own failure says | the same (inferred) |
//! | 401 by anybody | unknown | gives up; the next call fetches a new token | look first | it may be a proxy's own (inferred) |
//! | no connection | not created | tries again | can help | nothing was sent |
//! | no connection before [something is corrected](#proxies-and-certificates) | not created | gives up | useless before that | nothing was sent |
//! | less time left before sending than a whole attempt has, or [too many others](ClientBuilder::max_concurrent_requests) all the time | not created | gives up | can help | nothing was sent |
//! | 421, 425, 429 by the API | not created | tries again, after `Retry-After` | can help, after that time | each is said instead of processing a request; a gateway may pass on what was said to a second try of its own (inferred) |
//! | 503 by the API with a readable `Retry-After` | not created | tries again, after that time | can help, after that time | an API in maintenance turns requests away and says when to come back (inferred) |
//! | 400, 422 by a rule | not created | gives up | useless unchanged | rules are checked before anything is stored (inferred) |
//! | another 4xx by the API, except 408 | not created | gives up | useless unchanged | the API says that it refused (inferred) |
//! | 403 with a challenge for a token | not created | gives up | useless unchanged | rights of a token are checked before the request is processed (inferred) |
//! | 405 | not created | gives up | useless unchanged | the router says it: no code of the endpoint ran (inferred) |
//! | 406, not as HTML | not created | gives up | useless unchanged | the version is chosen before a route; filters of answers say 406 with a page (inferred) |
//! | 407 | not created | gives up | useless unchanged | a proxy passes nothing on without its password (inferred) |
//! | 413, 415 | not created | gives up | useless unchanged | the server refused to read the body (inferred) |
//! | 431 | not created | gives up | useless unchanged | the head was not read to its end (inferred) |
//! | 301, 307, 308 to the same path on another scheme or host, or with or without the last slash | not created | gives up | useless before the base URL is corrected | the address is wrong, which is said before an application is asked (inferred) |
//! | 302 to the same URL by https | not created | gives up | useless before the base URL is corrected | proxies say 302 for that by default (inferred) |
//! | any other redirect | unknown | gives up | look first | frameworks redirect once a POST was acted on, and filters redirect to their own page (inferred) |
//! | 408 | unknown | gives up | look first | it should mean that the request did not arrive, and is also said when the work took too long (inferred) |
//! | another 4xx by anybody | unknown | gives up | look first | a filter can put it in the place of the customer (inferred) |
//! | any other 5xx | unknown | gives up | look first | the work may have been done, or go on (inferred) |
//!
//! The page documents no errors, so all but the first row is inferred. Where an unknown create's answer names a customer, by
//! `Location` or by the beginning of a body that broke off, [`Error::named_customer`] has its id. Dropping the future of a
//! create after it was first polled leaves its outcome unknown, too; there is no need to, because
//! [`ClientBuilder::call_timeout`] ends every call in time.
//!
//! # What is tried again
//!
//! Creates as the table says; calls that read, and requests for a token, after everything that may pass: no connection
//! (except for [what has to be corrected](#proxies-and-certificates)), a timeout, a connection that broke, an answer that was
//! cut off (JSON that ends too soon is one, for a server or proxy that gives up need not say so), 408, 421, 425, 429, 500, 502,
//! 503 and 504. The first three of these ask for the same request again; behind a 500 there is often a deadlock or a restart,
//! and where it is a defect, asking once more does a call that reads no harm. A call is tried
//! [three times](DEFAULT_MAX_ATTEMPTS) at most ([`max_attempts`](ClientBuilder::max_attempts),
//! [`no_retries`](ClientBuilder::no_retries)), after delays that grow and are random, never before a `Retry-After` has passed
//! (a date is read against the answer's own `Date`), and only within the time of the call: where the wait does not fit in, the
//! call ends at once, as the last attempt did.
//!
//! A create is sent, the first time or again, only where the call has the time of a whole attempt left: its
//! [timeout](ClientBuilder::attempt_timeout), or three quarters of the [call's time](ClientBuilder::call_timeout) where they
//! are less. One that is sent with less may be made without anybody waiting for the answer. A call that reads is sent with
//! whatever time is left, for it risks nothing.
//!
//! A token that was fetched for the call and is refused is shown once more after a moment, twice the first of the
//! [delays](ClientBuilder::retry_delays), because the server that checks tokens may hear of it later than the one that issues
//! them. A token that the caller gave is not: waiting makes it no younger. This and a renewed token are not counted as
//! attempts, and are done [without retries](ClientBuilder::no_retries), too.
//!
//! A server that is down is not asked ever more, because
//! [all calls of a client share a budget](ClientBuilder::retry_budget) of retries. [`Error::attempts`] says how often a
//! call was tried, [`ClientBuilder::on_wait`] is told of each wait, and [`Client::observe`] tries once.
//!
//! # Connections
//!
//! Connections are kept and used again, but a create that goes out on one that the server has closed is lost: its outcome
//! is unknown, though the server has read nothing. Two things keep creates off such connections:
//!
//! * No connection is used that was [idle for longer than a second](ClientBuilder::idle_timeout), which is less than servers
//!   keep theirs, so that the close of an idle connection and a create seldom cross. A pause longer than that costs the next
//!   request a new connection. An idle time of zero gives every request one.
//! * Before a request is sent, tokio gets to look once at what has come for all connections, unless an answer came just now.
//!   That takes microseconds and no request. Hence it makes no difference whether the program let the runtime go on between
//!   two calls, or blocked: with `block_on` on a current-thread runtime, nothing else runs while the program is outside
//!   of it, and nothing sees that the server closes.
//!
//! One gap remains: a connection that broke in that second without a sign that reached this machine. On a runtime with several
//! threads the look is another thread's; where all of them stood still (a process that was stopped), it may come a moment
//! after the request, and the idle time alone counts. Time in which the machine slept does not count as idle on every system.
//!
//! # Long lists
//!
//! [`Client::list_customers`] holds the whole list in memory, up to [`MAX_ANSWER_BYTES`]. [`Client::fold_customers`] reads a
//! list of any length, customer by customer as they come, and keeps of it what the caller keeps, and the ids.
//!
//! # Pages, and lists that are not whole
//!
//! No paging is documented (sibling), so all that follows is inferred. A list that says that it is not whole is not taken for
//! one: by fields beside it (`meta.pagination` as the API's framework writes it, `total`, `next_page_url`, `has_more`,
//! `next_cursor` and their like, in any spelling), by a header (`Link` with `rel=next`, `X-Total-Count` and its like,
//! `Content-Range`) or by the status 206. The client follows its pages where the next one is named by a URL of the same
//! origin and path, each once and at most [`MAX_PAGES`], in the time of the call; each page is tried again as a list is. An
//! element that comes again on a later page is given once.
//!
//! In all other cases the list is [`Error::Incomplete`], which says what was said, why the rest was not read ([`Gap`]) and
//! what to do: there is a total above what came and no next page, the next page is elsewhere (a token is never sent there),
//! it was read already, or how many there are changed on the way. A total *below* what came hides nobody. Of a list that
//! names only a maximum, and is as long, nobody knows. What cannot be seen: a customer that moved to an earlier page while the
//! pages were read, because another one was deleted, where the list has no total.
//!
//! # What is read
//!
//! Answers are read as the model reads responses: an id may be text, a list null or an object with number keys. A byte-order
//! mark before JSON is passed over. One customer that cannot be read does not hide the others: it is an
//! [`UnreadableCustomer`], which says its place and, where that can be read, its id, and nothing else of it. A list of
//! realms or sub-realms is read as a whole or not at all.
//!
//! # Tokens
//!
//! With a client's id and secret, an access token is fetched when it is first needed, kept, and fetched anew a minute
//! before it ends (a tenth of its life before, where that is less). However many calls run, one of them fetches and the
//! others wait. Where that fails, a token that has not ended yet is used until it does. Refresh tokens are not used: the
//! API asks for the id and the secret there as well (sdk), so they save nothing.
//!
//! Of the answer, `access_token` is needed: text that a header can hold, white space around it aside. Nothing else is. How
//! long it lives is read as a number or as text, with a fraction or without; 24 hours at most. Where that is missing (RFC
//! 6749, 5.1, lets it be), null, negative or no number, the token is kept for five minutes: one that ends before is renewed
//! when it is refused. What is wrong with an answer is named by field and type, never by value; an `error` with its
//! `error_description` is shown, also of an answer with status 200, and so is the reason in `WWW-Authenticate`.
//!
//! # Proxies and certificates
//!
//! The proxies of the environment are used: `HTTPS_PROXY` or `https_proxy` for `https`, `HTTP_PROXY` or `http_proxy` for
//! `http`, `ALL_PROXY` or `all_proxy` for both, but for the hosts in `NO_PROXY` and never for this machine. Only HTTP proxies
//! are, unless the program turns on `reqwest`'s feature for others. Certificates are checked against the store of the
//! platform; on Linux, `SSL_CERT_FILE` and `SSL_CERT_DIR` take its place. A store without authorities is an error when the
//! client is built ([`BuildError::NoAuthorities`]).
//!
//! What stays wrong until somebody corrects it is tried once, and [`ConnectionFault`] names it: a certificate that is not
//! accepted and why, a server that speaks no TLS, a proxy that asks for a password (407) or refuses CONNECT. The message names
//! the proxy, without its password, and the variable that it came from. Nothing of a request was sent then, so a create was
//! not made. A name that cannot be resolved may be found a moment later, and is tried again. With an
//! [`http_client`](ClientBuilder::http_client) of your own the faults of certificates are known where it uses `rustls`, and
//! its proxy is not.
//!
//! # Secrets
//!
//! Neither the client, nor its builder, nor any error shows a secret, in `Debug`, `Display` or a source. Where a server
//! echoes one in the usual spellings (as it is, or escaped for JSON, a URL, a form or HTML), it is replaced with
//! `[redacted]` before the answer is kept; so is a secret that was trimmed, and the beginning of one, of eight characters or
//! more, that an ellipsis follows, as in stack traces. A client id or secret with a control character, or with white space at
//! an end, is refused when the client is built.
//!
//! What an error says of a body that cannot be read names kinds and places, and quotes no value: it may be other people's. An
//! error's own text is [plain](cloudlx_validate::plain).
//!
//! # Traces
//!
//! `tracing` is told of each call and, within it, of each attempt: two spans of the target `cloudlx_client`, `call` and
//! `attempt`, with `endpoint`, `method`, `path` (with the names of its parameters, not their values), `status`, `outcome`,
//! and `attempts` or the number of the `attempt`. The outcome of a call is `done`, `not_done` or `unknown`; it stays empty
//! when its future was dropped. A wait before another attempt is an event. Nothing of a request or an answer, no address
//! and no secret is ever told. All of it costs next to nothing while nobody listens.
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
//! [`Error`], [`BuildError`], [`ConnectionFault`], [`BaseUrlError`], [`Gap`], [`SaidBy`] and [`TimeLimit`] may get more
//! variants, [`ErrorPayload`] more shapes; the variants of [`Error`], [`Target`], [`ResponseHead`], [`Proxy`], [`RawAnswer`]
//! and [`RawBody`] may get more fields. [`CreateError`], [`Retry`], [`RetryAfter`], [`Sent`], [`TokenKind`] and [`Credentials`]
//! are complete, so that a `match` on them needs no rest.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
