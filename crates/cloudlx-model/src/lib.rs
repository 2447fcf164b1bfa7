//! The wire format of the CloudLX (today: Infiny) customers API, as Rust types.
//!
//! One file an endpoint, one type a request, and the [`Endpoint`] trait ties a request to its method, path,
//! authentication and response. Clients, servers, schemas and documents are derived from these; none of them says a
//! path or a field again. This crate does no I/O, keeps no clock and checks nothing but shapes and id ranges: the
//! rules of a request live in `cloudlx-validate`.
//!
//! ```
//! use cloudlx_model::{CreateCustomer, Endpoint, RealmId};
//!
//! let request: CreateCustomer = serde_json::from_str(
//!     r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2, 7]}"#,
//! )?;
//! assert_eq!(request.realms, [RealmId(1), RealmId(2), RealmId(7)]);
//! assert_eq!(format!("{} {}", CreateCustomer::METHOD, request.path()), "POST /api/customers");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Where the facts come from
//!
//! The docs of each item name the source of what they say: *page* (the vendor's page for `POST /api/customers`, which
//! wins over all else), *sibling* (another page of the same documentation), *sdk* (the vendor's PHP SDK or programs in
//! public that call the API), *inferred* (nobody documents it: our reading). The schemas carry the same label as
//! `x-cloudlx-source`.
//!
//! # Reading and writing
//!
//! Requests refuse fields that they do not know. Responses ignore them, because the vendor adds fields within a
//! version (sibling). Codes stay plain `String`s: a reader must survive a code that is newer than its tables.
//!
//! Responses are also read where they are written as PHP programs write what they mean (inferred): ids as text (`"7"`),
//! null or an object with number keys (`{"0": …, "2": …}`) for a list, `0` and `1` for booleans. What could mean two
//! things is refused. What is written is strict, and so are requests and the schemas.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod country;
pub mod currency;
pub mod customer;
pub mod customers;
pub mod endpoint;
pub mod error_body;
pub mod id;
pub mod list_document;
pub mod oauth2;
mod php;
pub mod realm;
pub mod realms;
pub mod role_group;
#[cfg(feature = "schema")]
pub mod schema;
mod secret;
pub mod sub_realm;
pub mod sub_realms;

pub use country::Country;
pub use currency::Currency;
pub use customer::Customer;
pub use customers::create::CreateCustomer;
pub use customers::get::GetCustomer;
pub use customers::list::{CustomerList, EachCustomer, ListCustomers};
pub use endpoint::{Auth, ENDPOINTS, Endpoint, EndpointInfo, MEDIA_TYPE, Method};
pub use error_body::{ErrorBody, FieldErrors};
pub use id::{CustomerId, ParseIdError, RealmId, SubRealmId};
pub use list_document::{ListDocument, ReadList};
pub use oauth2::access_token::{AccessToken, AccessTokenRequest, ClientCredentialsGrant};
pub use oauth2::refresh_token::{RefreshTokenGrant, RefreshTokenRequest};
pub use realm::Realm;
pub use realms::list::{ListRealms, RealmList};
pub use role_group::RoleGroup;
pub use sub_realm::{CustomerSubRealm, SubRealm};
pub use sub_realms::list::{ListSubRealms, SubRealmList};

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
