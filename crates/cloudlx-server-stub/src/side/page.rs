//! The page that a browser sees at `/`: one file, assembled out of those in `page/`, that asks nobody but the stub.
//!
//! It is assembled when it is first asked for. What runs in it is named by its hash in the content security policy, so that
//! nothing else does; all that it shows of requests is put in as text by `page/page.js`.

use std::io::{self, Read, Write};
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloudlx_model::{AccessTokenRequest, CreateCustomer, Endpoint, MEDIA_TYPE};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use hyper::StatusCode;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, HeaderValue,
    REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request::Parts;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::api::answer::Answer;
use crate::auth::control_access::ControlAccess;
use crate::server::Server;
use crate::side::documents::Published;
use crate::wire::headers::text;

const HTML: &str = include_str!("../../page/page.html");
const STYLE: &str = include_str!("../../page/page.css");
const SCRIPT: &str = include_str!("../../page/page.js");

/// The library that draws the OpenAPI document, as npm has it, compressed.
const EXPLORER: &[u8] = include_bytes!("../../page/explorer/openapi-explorer.min.js.gz");

const MEDIA: &str = "text/html; charset=utf-8";

/// The page of one stub.
#[derive(Default)]
pub(crate) struct Page(OnceLock<io::Result<Made>>);

struct Made {
    /// As browsers take it.
    compressed: Published,
    policy: HeaderValue,
}

/// Whether a request is a browser's for the page. To all others the path is the API's, which has nothing there.
pub(crate) fn is_asked_for(head: &Parts) -> bool {
    head.uri.path() == "/" && names(&text(&head.headers, &ACCEPT).unwrap_or_default(), "text/html")
}

impl Page {
    /// The page.
    pub(crate) fn answer(&self, server: &Server, head: &Parts) -> Answer {
        let made = match self.0.get_or_init(|| make(server)) {
            Ok(made) => made,
            Err(error) => return unreadable(error),
        };
        let answer = if names(&text(&head.headers, &ACCEPT_ENCODING).unwrap_or_default(), "gzip") {
            made.compressed.answer(head).with(CONTENT_ENCODING, HeaderValue::from_static("gzip"))
        } else {
            let mut plain = Vec::new();
            if let Err(error) = GzDecoder::new(made.compressed.body()).read_to_end(&mut plain) {
                return unreadable(&error);
            }
            Answer::with_media_type(StatusCode::OK, MEDIA, plain)
                .with(CACHE_CONTROL, HeaderValue::from_static("no-cache"))
        };
        answer
            .with(CONTENT_SECURITY_POLICY, made.policy.clone())
            .with(REFERRER_POLICY, HeaderValue::from_static("no-referrer"))
            .with(VARY, HeaderValue::from_static("accept, accept-encoding"))
            .with(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
    }
}

fn unreadable(error: &io::Error) -> Answer {
    let message = format!("could not assemble the page, which is a bug in the stub: {error}");
    Answer::error(StatusCode::INTERNAL_SERVER_ERROR, message)
}

/// Whether a list of names with weights, as `Accept` and `Accept-Encoding` have them, names this one and wants it.
fn names(list: &str, name: &str) -> bool {
    list.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|there| there.eq_ignore_ascii_case(name));
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse::<f32>().ok());
        is_named && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn make(server: &Server) -> io::Result<Made> {
    let mut explorer = String::new();
    GzDecoder::new(EXPLORER).read_to_string(&mut explorer)?;
    // The library takes itself for the whole page; here it is a part, and the page has a main landmark already.
    let explorer = explorer.replace("<main ", "<div ").replace("</main>", "</div>");
    let page = HTML
        .replace("/*{page.css}*/", STYLE)
        // No `<` that could end the element.
        .replace("/*{stub}*/", &facts(server).to_string().replace('<', "\\u003c"))
        .replace("/*{page.js}*/", SCRIPT)
        .replace("/*{explorer}*/", &explorer);
    // Styles are not named: the library makes its own as it runs. They can load nothing, from nowhere.
    let policy = format!(
        "default-src 'none'; script-src {} {}; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash(&explorer),
        hash(SCRIPT)
    );
    let mut compressor = GzEncoder::new(Vec::new(), Compression::default());
    compressor.write_all(page.as_bytes())?;
    Ok(Made {
        compressed: Published::new(MEDIA, compressor.finish()?),
        policy: HeaderValue::from_str(&policy).map_err(io::Error::other)?,
    })
}

/// How a content security policy names what is written in a page.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// What the page's script has to know of the stub.
fn facts(server: &Server) -> Value {
    let client = &server.api.resources.clients.first;
    // The default client's secret is none; others are not for everybody who sees the page.
    let secret = client.secret.expose_secret();
    let secret = (*client.id == *"stub" && secret == "stub").then_some(secret);
    json!({
        "base_url": server.base_url,
        "client_id": *client.id,
        "client_secret": secret,
        "control": match server.control.as_ref().map(ControlAccess::needs_token) {
            None => "off",
            Some(false) => "open",
            Some(true) => "token",
        },
        "create_path": CreateCustomer::PATH,
        "media_type": MEDIA_TYPE,
        "mistakes": {
            "name": "Example Company",
            "currency_iso": "GB",
            "country_iso": "UK",
            "realms": [1, 3],
            "shown_sub_realms": [313],
            "enabled_sub_realms": [313, 328],
        },
        "sample": sample(),
        "token_path": AccessTokenRequest::PATH,
    })
}

/// The request of the vendor's page.
fn sample() -> Option<Value> {
    let document = cloudlx_model::schema::document("create-customer.request")?;
    document.schema.get("examples")?.get(0).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_ask_for_html_by_name() {
        let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert!(names(accept, "text/html"));
        for accept in ["", "*/*", "application/json", "text/*", "text/html;q=0", "text/html ; q=0.0, */*"] {
            assert!(!names(accept, "text/html"), "{accept}");
        }
        assert!(names("br, GZIP;q=0.5", "gzip"));
        assert!(!names("identity, gzip;q=0", "gzip"));
    }
}
