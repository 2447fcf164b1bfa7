//! What a log may say of a request: nothing that its caller wrote.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cloudlx_model::EndpointInfo;
use cloudlx_validate::Rule;
use hyper::Method;

/// A request that was served, in words of the stub's own: no path, header, query or body as it was sent, so no token and no
/// personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// When its head had come in.
    pub at: SystemTime,
    /// Its method; none when it is not one of HTTP's own.
    pub method: Option<&'static str>,
    /// The path of its endpoint, such as `/api/customers/{customer_id}`; none when the API has no such endpoint.
    pub path: Option<&'static str>,
    /// The status that was answered; none when a fault left it without an answer, or broke that off.
    pub status: Option<u16>,
    /// How long it took until its answer began, with the delays that the stub was told to make.
    pub duration: Duration,
    /// The rules that its body broke, each once, in the order of [`Rule`].
    pub rules: Vec<Rule>,
}

/// Who is told of each request that was served, if anybody.
#[derive(Clone, Default)]
pub(crate) struct Watcher(Option<Arc<Told>>);

type Told = dyn Fn(&Served) + Send + Sync;

/// A request that is being served, for a watcher; none when nobody watches.
pub(crate) struct Serving<'a> {
    watcher: &'a Told,
    began: std::time::Instant,
    served: Served,
}

impl Watcher {
    pub(crate) fn new(watcher: impl Fn(&Served) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(watcher)))
    }

    /// A request has come.
    pub(crate) fn sees(&self, method: &Method, endpoint: Option<&EndpointInfo>) -> Option<Serving<'_>> {
        let watcher = self.0.as_deref()?;
        let served = Served {
            at: SystemTime::now(),
            method: known(method),
            path: endpoint.map(|endpoint| endpoint.path),
            status: None,
            duration: Duration::ZERO,
            rules: Vec::new(),
        };
        Some(Serving { watcher, began: std::time::Instant::now(), served })
    }
}

impl Serving<'_> {
    /// The rules that its body broke.
    pub(crate) fn broke(&mut self, rules: impl Iterator<Item = Rule>) {
        self.served.rules.extend(rules);
        self.served.rules.sort_unstable();
        self.served.rules.dedup();
    }

    /// Its answer begins, or there is none.
    pub(crate) fn ends_with(mut self, status: Option<u16>) {
        self.served.status = status;
        self.served.duration = self.began.elapsed();
        (self.watcher)(&self.served);
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watcher" } else { "none" })
    }
}

/// A method of the stub's own words: a caller could write anything.
fn known(method: &Method) -> Option<&'static str> {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
        .into_iter()
        .find(|known| method.as_str() == *known)
}
