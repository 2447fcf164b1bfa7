//! The wire format of the CloudLX (today: Infiny) customers API, as Rust types.
//!
//! Each endpoint has a file, and each request a type. The [`Endpoint`] trait ties a request to its method, path,
//! authentication and response. Clients, servers, schemas and documents are derived from these types; none of them repeats
//! a path or a field. This crate does no I/O and reads no clock. It checks shapes and the range of ids only: the rules of a
//! request are in `cloudlx-validate`.
//!
//! ```
//! use cloudlx_model::{CreateCustomer, Endpoint};
//!
//! let request = CreateCustomer::new("Example Company", "GBP", "GB", [1, 2, 7]).email("j.smith@example.com");
//! assert_eq!(format!("{} {}", CreateCustomer::METHOD, request.path()), "POST /api/customers");
//!
//! let read: CreateCustomer = serde_json::from_str(
//!     r#"{"name": "Example Company", "currency_iso": "GBP", "country_iso": "GB", "realms": [1, 2, 7],
//!         "email": "j.smith@example.com"}"#,
//! )?;
//! assert_eq!(read, request);
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
//! Responses are also read in the forms in which PHP programs write the same values (inferred): ids as text (`"7"`), null
//! or an object with number keys (`{"0": …, "2": …}`) for a list, `0` and `1` for booleans. A form that could mean two
//! things is refused. This crate writes the documented form only, and reads requests in that form only, as the schemas
//! have it.
//!
//! # What may be added within 1.x
//!
//! Version 1 of the API grows, and this crate follows it in minor versions. These additions break no program that depends
//! on it:
//!
//! - a field of a response, also in a type that is a part of one, such as [`Country`];
//! - an optional field of [`CreateCustomer`], [`AccessTokenRequest`] or [`RefreshTokenRequest`], with its setter;
//! - an endpoint: a request type, its response types, and a line in [`ENDPOINTS`];
//! - a variant of [`Method`], [`Auth`], [`RoleGroup`] or [`ParseIdError`], and a field of [`EndpointInfo`].
//!
//! All of these are `#[non_exhaustive]`: make values with `new` and the setters or read them, match enums with a last arm
//! `_`, and take structs apart with `..`. Fields stay public, to be read and to be set.
//!
//! A new major version is needed to remove or rename an item or a field, to change a type, to make an optional request
//! field required, to refuse what was accepted, or to add a field to a type without the attribute: the ids,
//! [`FieldErrors`], [`GetCustomer`] and the three requests for lists, which have no fields.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod country;
pub mod currency;
pub mod customer;
/// `/api/customers`: create, list and read customers.
pub mod customers {
    pub mod create;
    pub mod get;
    pub mod list;
}
pub mod endpoint;
pub mod error_body;
pub mod id;
pub mod list_document;
/// `/api/oauth2`: access tokens, from credentials or from a refresh token.
pub mod oauth2 {
    pub mod access_token;
    pub mod refresh_token;
}
mod php;
pub mod realm;
/// `/api/realms`: the realms that a customer can be given.
pub mod realms {
    pub mod list;
}
pub mod role_group;
#[cfg(feature = "schema")]
pub mod schema;
mod secret;
pub mod sub_realm;
/// `/api/sub-realms`: the sub-realms that a customer can be shown and given.
pub mod sub_realms {
    pub mod list;
}

pub use country::Country;
pub use currency::Currency;
pub use customer::Customer;
pub use customers::create::CreateCustomer;
pub use customers::get::GetCustomer;
pub use customers::list::{CustomerList, EachCustomer, ListCustomers};
pub use endpoint::{Auth, Endpoint, EndpointInfo, MEDIA_TYPE, Method};
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

/// Every endpoint of the API that this crate knows; more may be added within 1.x. A server or a document that has these
/// has all of the contract.
pub const ENDPOINTS: &[EndpointInfo] = &[
    EndpointInfo::of::<AccessTokenRequest>(),
    EndpointInfo::of::<RefreshTokenRequest>(),
    EndpointInfo::of::<CreateCustomer>(),
    EndpointInfo::of::<ListCustomers>(),
    EndpointInfo::of::<GetCustomer>(),
    EndpointInfo::of::<ListRealms>(),
    EndpointInfo::of::<ListSubRealms>(),
];

/// The README's Rust, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
