//! The access log: one line for each served request, without anything that its caller wrote.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use cloudlx_model::EndpointInfo;
use cloudlx_validate::Rule;
use hyper::Method;

/// A request that was served, in words of the stub's own: no path, header, query or body as it was sent, so no token and no
/// personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// When its head had been read.
    pub at: SystemTime,
    /// Its method; none when it is not one of HTTP's own.
    pub method: Option<&'static str>,
    /// The path of its endpoint, such as `/api/customers/{customer_id}`; none when the API has no such endpoint.
    pub path: Option<&'static str>,
    /// The status of its answer; none when a fault left it without an answer, or broke the answer off.
    pub status: Option<u16>,
    /// The time until its answer began, with the delays that the stub was configured to make.
    pub duration: Duration,
    /// The rules that its body broke, each once, in the order of [`Rule`].
    pub rules: Vec<Rule>,
}

/// Passes each served request to a callback, if there is one.
#[derive(Clone, Default)]
pub(crate) struct AccessLog(Option<Arc<Callback>>);

type Callback = dyn Fn(&Served) + Send + Sync;

/// The line of a request that is being served.
pub(crate) struct LogLine<'a> {
    callback: &'a Callback,
    began: Instant,
    served: Served,
}

impl AccessLog {
    pub(crate) fn new(callback: impl Fn(&Served) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(callback)))
    }

    /// Begins the line of a request that has arrived; none without a callback.
    pub(crate) fn begin(&self, method: &Method, endpoint: Option<&EndpointInfo>) -> Option<LogLine<'_>> {
        let callback = self.0.as_deref()?;
        let served = Served {
            at: SystemTime::now(),
            method: standard_method(method),
            path: endpoint.map(|endpoint| endpoint.path),
            status: None,
            duration: Duration::ZERO,
            rules: Vec::new(),
        };
        Some(LogLine { callback, began: Instant::now(), served })
    }
}

impl LogLine<'_> {
    /// Adds the rules that the request's body broke.
    pub(crate) fn add_rules(&mut self, rules: impl Iterator<Item = Rule>) {
        self.served.rules.extend(rules);
        self.served.rules.sort_unstable();
        self.served.rules.dedup();
    }

    /// Writes the line. The answer begins, or there is none.
    pub(crate) fn finish(mut self, status: Option<u16>) {
        self.served.status = status;
        self.served.duration = self.began.elapsed();
        (self.callback)(&self.served);
    }
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "AccessLog" } else { "none" })
    }
}

/// The name of a standard method. A caller may write any other word, which the log must not repeat.
fn standard_method(method: &Method) -> Option<&'static str> {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"]
        .into_iter()
        .find(|standard| method.as_str() == *standard)
}
