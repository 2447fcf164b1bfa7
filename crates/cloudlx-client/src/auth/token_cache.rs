//! The access token that all calls of a client share. It is kept until shortly before it expires, and fetched once however many
//! callers need it.
//!
//! A caller that finds no usable token holds the lock while it fetches one, and the others wait for the lock. The result of a
//! fetch, a token or a failure, is the result of all callers that were waiting by then. When the fetching caller is dropped, or
//! its deadline passes, the next one fetches. A token that could not be renewed is used until it expires.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::auth::bearer::Bearer;
use crate::error::call::Error;
use crate::time::deadline::Deadline;
use crate::transport::target::Target;

/// Tokens are renewed this long before they expire, or after nine tenths of their lifetime if that is later.
const MARGIN: Duration = Duration::from_mins(1);

/// No token is kept longer, whatever its `expires_in` is.
pub(crate) const LONGEST_LIFETIME: Duration = Duration::from_hours(24);

/// The lifetime of a token whose response states none that can be read (RFC 6749, 5.1, allows that). A token that expires earlier
/// is renewed when the server refuses it; one that lives longer costs an additional request now and then.
pub(crate) const DEFAULT_LIFETIME: Duration = Duration::from_mins(5);

/// A fetched token.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) bearer: Bearer,
    /// When it arrived.
    pub(crate) received: Instant,
    /// When to fetch the next one.
    renew_at: Instant,
    /// When it expires.
    expires_at: Instant,
}

/// The token of a client, if it has one.
#[derive(Debug, Default)]
pub(crate) struct TokenCache(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    token: Option<Arc<Token>>,
    /// When the last fetch failed, and why.
    failure: Option<(Instant, Arc<Error>)>,
}

/// Why there is no token.
#[derive(Debug)]
pub(crate) enum NoToken {
    /// The fetch failed, this caller's or the one that it waited for.
    Failed(Arc<Error>),
    /// The deadline of the caller passed.
    OutOfTime,
}

impl NoToken {
    /// The error of the caller, whose request is `target`.
    pub(crate) fn into_error(self, target: Target, deadline: Deadline) -> Error {
        match self {
            Self::Failed(source) => Error::NoToken { target, source },
            Self::OutOfTime => Error::OutOfTime { target, limit: deadline.limit, needed: None },
        }
    }
}

impl TokenCache {
    /// Drops this token, so that the next call fetches another, unless one is being fetched already.
    pub(crate) fn forget(&self, refused: &Arc<Token>) {
        if let Ok(mut state) = self.0.try_lock() {
            state.token.take_if(|token| Arc::ptr_eq(refused, token));
        }
    }

    /// The kept token, whether or not it has expired.
    pub(crate) async fn current(&self) -> Option<Arc<Token>> {
        self.0.lock().await.token.clone()
    }

    /// The kept token, or one that `fetch` gets where the kept one is missing, about to expire, or the `refused` one.
    pub(crate) async fn get<F>(
        &self,
        refused: Option<&Arc<Token>>,
        deadline: Deadline,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<Token>, NoToken>
    where
        F: Future<Output = Result<(Bearer, Duration), Error>>,
    {
        let began = Instant::now();
        let mut state = match self.0.try_lock() {
            Ok(state) => state,
            Err(_locked) => {
                timeout(deadline.left(), self.0.lock()).await.map_err(|_elapsed| NoToken::OutOfTime)?
            }
        };
        state.token.take_if(|token| refused.is_some_and(|refused| Arc::ptr_eq(refused, token)));
        let asked = Instant::now();
        if let Some(token) = &state.token
            && (asked < token.renew_at || began <= token.received)
        {
            return Ok(Arc::clone(token));
        }
        let failure = match &state.failure {
            Some((failed, failure)) if began <= *failed => Arc::clone(failure),
            _ if deadline.left().is_zero() => return Err(NoToken::OutOfTime),
            // Boxed, because it is rare, and every call's future would have to hold it.
            _ => match Box::pin(fetch()).await {
                Ok((bearer, lifetime)) => {
                    let lifetime = lifetime.min(LONGEST_LIFETIME);
                    let (renew_at, expires_at) = (asked + usable_for(lifetime), asked + lifetime);
                    let token = Arc::new(Token { bearer, received: Instant::now(), renew_at, expires_at });
                    state.token = Some(Arc::clone(&token));
                    return Ok(token);
                }
                Err(failure) => {
                    let failure = Arc::new(failure);
                    // A failure because this caller's deadline passed does not concern callers that have more time.
                    if !deadline.left().is_zero() {
                        state.failure = Some((Instant::now(), Arc::clone(&failure)));
                    }
                    failure
                }
            },
        };
        match &state.token {
            Some(token) if Instant::now() < token.expires_at => Ok(Arc::clone(token)),
            _ => Err(NoToken::Failed(failure)),
        }
    }
}

/// How long a token with this lifetime is used before it is renewed. The time counts from the request for the token, which is
/// before the server begins to count.
fn usable_for(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(MARGIN.min(lifetime / 10))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;
    use crate::error::token_kind::TokenKind;

    fn answer(token: &str, expires_in: u64) -> (Bearer, Duration) {
        (Bearer::new(token.into(), TokenKind::Fetched).unwrap(), Duration::from_secs(expires_in))
    }

    fn failure() -> Error {
        Error::Catalogue {
            source: cloudlx_validate::Catalogue::new([cloudlx_model::Realm::new("")], []).unwrap_err(),
        }
    }

    async fn advance(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    fn minute() -> Deadline {
        Deadline::start(Duration::from_mins(1), Duration::from_secs(30))
    }

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        for (life, used) in [(3600, 3540), (600, 540), (100, 90), (10, 9), (1, 0), (0, 0)] {
            assert_eq!(usable_for(Duration::from_secs(life)).as_secs(), used, "{life}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_kept_for_its_time_and_no_longer() {
        for (life, used) in [(3600, 3540), (u64::MAX, 86_340)] {
            let cache = TokenCache::default();
            let first = cache.get(None, minute(), || async { Ok(answer("1", life)) }).await.unwrap();
            advance(used - 1).await;
            let kept = cache.get(None, minute(), || async { panic!("there is a good one") }).await.unwrap();
            assert!(Arc::ptr_eq(&first, &kept));
            advance(1).await;
            let second = cache.get(None, minute(), || async { Ok(answer("2", life)) }).await.unwrap();
            assert!(!Arc::ptr_eq(&first, &second));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_cannot_be_renewed_is_used_until_it_ends() {
        let cache = TokenCache::default();
        let first = cache.get(None, minute(), || async { Ok(answer("1", 3600)) }).await.unwrap();
        advance(3540).await;
        for _ in 0..2 {
            let kept = cache.get(None, minute(), || async { Err(failure()) }).await.unwrap();
            assert!(Arc::ptr_eq(&first, &kept));
            advance(1).await;
        }
        // The server refused this one, so it is not used, whatever its lifetime.
        let refused = cache.get(Some(&first), minute(), || async { Err(failure()) }).await;
        assert!(matches!(refused, Err(NoToken::Failed(_))));

        let cache = TokenCache::default();
        cache.get(None, minute(), || async { Ok(answer("1", 3600)) }).await.unwrap();
        advance(3600).await;
        let ended = cache.get(None, minute(), || async { Err(failure()) }).await;
        assert!(matches!(ended, Err(NoToken::Failed(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_replaced_once() {
        let cache = TokenCache::default();
        let first = cache.get(None, minute(), || async { Ok(answer("1", 3600)) }).await.unwrap();
        let second = cache.get(Some(&first), minute(), || async { Ok(answer("2", 3600)) }).await.unwrap();
        let same = cache.get(Some(&first), minute(), || async { panic!("it was replaced") }).await.unwrap();
        assert!(Arc::ptr_eq(&second, &same));
    }

    /// Runs ten callers that all wait for the first one's fetch. Returns their results, and the number of fetches.
    async fn ten(
        cache: &Arc<TokenCache>,
        result: fn() -> Result<(Bearer, Duration), Error>,
    ) -> (Vec<Result<Arc<Token>, NoToken>>, usize) {
        let (fetches, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let (cache, fetches, go) = (Arc::clone(cache), Arc::clone(&fetches), Arc::clone(&go));
                tokio::spawn(async move {
                    let fetch = async {
                        if fetches.fetch_add(1, Ordering::SeqCst) == 0 {
                            go.notified().await;
                        }
                        result()
                    };
                    cache.get(None, minute(), || fetch).await
                })
            })
            .collect();
        // On one thread, all ten are at their await once this task has been behind them in the queue.
        tokio::task::yield_now().await;
        go.notify_one();
        let mut results = Vec::new();
        for task in tasks {
            results.push(task.await.unwrap());
        }
        (results, fetches.load(Ordering::SeqCst))
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_wait_share_a_failure_and_those_that_come_later_do_not() {
        let cache = Arc::new(TokenCache::default());
        let (results, fetches) = ten(&cache, || Err(failure())).await;
        assert!(results.iter().all(|result| matches!(result, Err(NoToken::Failed(_)))));
        assert_eq!(fetches, 1);
        advance(1).await;
        assert!(cache.get(None, minute(), || async { Ok(answer("1", 3600)) }).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_wait_share_a_token_that_expires_at_once_and_those_that_come_later_do_not() {
        let cache = Arc::new(TokenCache::default());
        let (results, fetches) = ten(&cache, || Ok(answer("1", 0))).await;
        assert!(results.iter().all(Result::is_ok));
        assert_eq!(fetches, 1);
        advance(1).await;
        let later = cache.get(None, minute(), || async { Ok(answer("2", 0)) }).await.unwrap();
        assert!(results.iter().flatten().all(|token| !Arc::ptr_eq(token, &later)));
    }

    #[tokio::test(start_paused = true)]
    async fn when_the_fetching_caller_is_dropped_one_that_waits_takes_over() {
        let cache = Arc::new(TokenCache::default());
        let first = cache.get(None, minute(), || async { Ok(answer("1", 3600)) }).await.unwrap();
        advance(3540).await;
        let never = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { cache.get(None, minute(), std::future::pending).await.map(drop) }
        });
        tokio::task::yield_now().await;
        let waiting = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { cache.get(None, minute(), || async { Ok(answer("2", 3600)) }).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        never.abort();
        assert!(!Arc::ptr_eq(&first, &waiting.await.unwrap().unwrap()));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_the_callers_own_time() {
        let cache = Arc::new(TokenCache::default());
        let never = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { cache.get(None, minute(), std::future::pending).await.map(drop) }
        });
        tokio::task::yield_now().await;
        let short = Deadline::start(Duration::from_secs(5), Duration::from_secs(30));
        let waited = cache.get(None, short, || async { panic!("another caller is fetching") }).await;
        assert!(matches!(waited, Err(NoToken::OutOfTime)));
        assert_eq!(short.started.elapsed().as_secs(), 5);
        never.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_fetch_that_failed_for_want_of_time_is_not_shared() {
        let cache = Arc::new(TokenCache::default());
        let short = Deadline::start(Duration::from_secs(5), Duration::from_secs(30));
        let slow = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Err(failure())
        };
        let good = async { Ok(answer("1", 3600)) };
        let (first, second) =
            tokio::join!(cache.get(None, short, || slow), cache.get(None, minute(), || good));
        assert!(matches!(first, Err(NoToken::Failed(_))));
        assert!(second.is_ok());
    }
}
