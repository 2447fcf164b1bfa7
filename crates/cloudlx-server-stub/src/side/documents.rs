//! The documents that describe the API and the stub, for programs and people that ask for them over HTTP.
//!
//! They are made when the first of them is asked for: a stub that nobody asks starts no later for them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use cloudlx_openapi::OpenApiError;
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use hyper::http::request::Parts;
use serde::Serialize;
use serde_json::json;

use crate::api::answer::{Answer, shortened};
use crate::faults;
use crate::wire::headers::text;

/// The OpenAPI document of the API.
const OPENAPI: &str = "/openapi.json";

/// What the schemas' paths begin with, and their list.
const SCHEMAS: &str = "/schemas/";

/// The documents of one stub.
pub(crate) struct Documents {
    base_url: String,
    made: OnceLock<Result<Made, OpenApiError>>,
}

struct Made {
    /// By path.
    open: BTreeMap<String, Published>,
}

/// A document as it is sent.
pub(crate) struct Published {
    media_type: &'static str,
    /// A tag of what it says, for caches.
    tag: String,
    body: Vec<u8>,
}

impl Documents {
    /// Those of a stub at this address.
    pub(crate) fn new(base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), made: OnceLock::new() }
    }

    fn made(&self) -> Result<&Made, Answer> {
        self.made.get_or_init(|| make(&self.base_url)).as_ref().map_err(|error| {
            Answer::error(StatusCode::INTERNAL_SERVER_ERROR, format!("{error}: please report it"))
        })
    }
}

/// Whether a path is a document's, or would be.
pub(crate) fn are_at(path: &str) -> bool {
    path == OPENAPI || path.starts_with(SCHEMAS)
}

/// The document at a path.
pub(crate) fn answer(documents: &Documents, head: &Parts) -> Answer {
    let made = match documents.made() {
        Ok(made) => made,
        Err(answer) => return answer,
    };
    let path = head.uri.path();
    made.open.get(path).map_or_else(
        || {
            let message =
                format!("expected one of those that {SCHEMAS} lists, found nothing at {}", shortened(path));
            Answer::error(StatusCode::NOT_FOUND, message)
        },
        |published| published.answer(head),
    )
}

fn make(base_url: &str) -> Result<Made, OpenApiError> {
    let mut open = BTreeMap::new();
    open.insert(
        OPENAPI.to_owned(),
        Published::json(&cloudlx_openapi::document_of_server(base_url, "This stub")?)?,
    );
    let mut list = Vec::new();
    for document in cloudlx_validate::schema::documents().into_iter().chain([faults::schema()]) {
        let path = format!("{SCHEMAS}{}.schema.json", document.name);
        list.push(json!({ "name": document.name, "path": path }));
        open.insert(path, Published::json(&document.schema)?);
    }
    open.insert(SCHEMAS.to_owned(), Published::json(&json!({ "schemas": list }))?);
    Ok(Made { open })
}

impl Published {
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, OpenApiError> {
        Ok(Self::new("application/json", serde_json::to_vec_pretty(value)?))
    }

    pub(crate) fn new(media_type: &'static str, body: Vec<u8>) -> Self {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        Self { media_type, tag: format!("\"{:016x}\"", hasher.finish()), body }
    }

    #[cfg(feature = "page")]
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The document, or 304 to those who have it already.
    pub(crate) fn answer(&self, head: &Parts) -> Answer {
        let known = text(&head.headers, &IF_NONE_MATCH).unwrap_or_default();
        let is_known = known
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == self.tag || tag == "*");
        let answer = if is_known {
            Answer::with_media_type(StatusCode::NOT_MODIFIED, self.media_type, Vec::new())
        } else {
            Answer::with_media_type(StatusCode::OK, self.media_type, self.body.clone())
        };
        // Kept and asked about again: the next stub on this port may say something else.
        let answer = answer.with(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        match HeaderValue::from_str(&self.tag) {
            Ok(tag) => answer.with(ETAG, tag),
            Err(_) => answer,
        }
    }
}
