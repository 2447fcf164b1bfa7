//! What the stub remembers between requests. All of it belongs to one stub; nothing is global.

use std::num::NonZeroU16;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloudlx_validate::Catalogue;
use tokio::sync::Semaphore;

use crate::Clock;
use crate::api::endpoints::created::Written;
use crate::api::rate_limit::RateLimit;
use crate::api::routes::Routes;
use crate::auth::{Clients, Lifetimes};
use crate::faults::{Armed, Schedule};
use crate::observe::access_log::Watcher;
use crate::observe::expect::Expectations;
use crate::observe::requests::Journal;
use crate::side::control::Access;
#[cfg(feature = "documents")]
use crate::side::documents::Documents;
#[cfg(feature = "page")]
use crate::side::page::Page;
use crate::store::Store;
use crate::wire::listener::Port;

/// How many large bodies are read at once.
pub(crate) const LARGE_BODIES: usize = 32;

/// One stub's state and settings.
pub(crate) struct State {
    pub(crate) routes: Routes,
    pub(crate) catalogue: Catalogue,
    /// The same as answers show it.
    pub(crate) written: Written,
    pub(crate) clients: Clients,
    pub(crate) lifetimes: Lifetimes,
    /// How often a client may call; as often as it likes when there is none.
    pub(crate) rate_limit: Option<RateLimit>,
    /// Customers and tokens.
    pub(crate) store: Box<dyn Store>,
    pub(crate) journal: Journal,
    pub(crate) expectations: Expectations,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    /// How many items a page of a list has, where lists have pages.
    pub(crate) page_size: Option<NonZeroU16>,
    /// A large body is read with a permit of these, for which it waits unread.
    pub(crate) large_bodies: Semaphore,
    pub(crate) port: Port,
    pub(crate) faults: Armed,
    pub(crate) watcher: Watcher,
    /// The faults that the stub started with.
    pub(crate) first_faults: Schedule,
    /// Who may use the control API; none where there is no such thing.
    pub(crate) control: Option<Access>,
    #[cfg(feature = "documents")]
    pub(crate) documents: Documents,
    #[cfg(feature = "page")]
    pub(crate) page: Page,
}

impl State {
    /// Arms these faults in the place of all others. Callers may have been refused until now, and may be from now on.
    pub(crate) fn arm(&self, schedule: Schedule) {
        self.faults.arm(schedule, |refused| match refused {
            Some(lasts) => self.port.refuse(lasts),
            None => self.port.listen(),
        });
    }

    /// Refuses callers from now on, when a fault says so of the connection that comes next.
    pub(crate) fn refuse_if_due(&self) -> bool {
        self.faults.refuse_next(|lasts| self.port.refuse(lasts))
    }
}

/// What one connection and one request may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest body, in bytes.
    pub(crate) body: usize,
    /// The time for the head of a request to come in.
    pub(crate) header_time: Duration,
    /// The time for a body to come in.
    pub(crate) body_time: Duration,
    /// The time for the next bytes of a body to come in.
    pub(crate) body_pause: Duration,
    /// How many connections there are at once.
    pub(crate) connections: usize,
    /// The time that a shutdown leaves to requests under way.
    pub(crate) shutdown_time: Duration,
    /// The time from a request's being done to its answer.
    pub(crate) latency: Duration,
}

/// Takes a lock, over from a thread that panicked if need be: every change under a lock of the stub is made in one step.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
