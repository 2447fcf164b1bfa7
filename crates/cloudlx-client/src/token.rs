//! The access token that all calls of a client share: kept until shortly before it ends, and fetched once however many
//! callers need it.
//!
//! A caller that finds no good token holds the lock while it fetches one, and the others wait for the lock. When the
//! fetch fails, those that were waiting share its failure rather than each making its own. When the fetching caller is
//! dropped, or its own time runs out, the next one takes over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cloudlx_model::AccessToken;
use secrecy::SecretString;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::Error;
use crate::budget::Budget;

/// Tokens are renewed so long before they end, or after nine tenths of their life if that is later.
const MARGIN: Duration = Duration::from_mins(1);

/// No token is kept longer, whatever its `expires_in` says.
const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// A token.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) secret: SecretString,
    /// When it came.
    pub(crate) received: Instant,
    /// When to fetch the next one.
    renew_at: Instant,
}

/// The token of a client, if it has one.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    state: Mutex<State>,
    /// How many fetches failed, so that a caller can tell whether one did while it waited.
    failures: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    token: Option<Arc<Token>>,
    last_failure: Option<Arc<Error>>,
}

/// Why there is no token.
#[derive(Debug)]
pub(crate) enum NoToken {
    /// The fetch failed, this caller's or the one that it waited for.
    Failed(Arc<Error>),
    /// The caller's time ran out.
    OutOfTime,
}

impl TokenCache {
    /// The token, made by `fetch` if there is none that is good and is not the `refused` one.
    pub(crate) async fn get(
        &self,
        refused: Option<&Arc<Token>>,
        budget: Budget,
        fetch: impl Future<Output = Result<AccessToken, Error>>,
    ) -> Result<Arc<Token>, NoToken> {
        let failures_before = self.failures.load(Ordering::Acquire);
        let mut state =
            timeout(budget.left(), self.state.lock()).await.map_err(|_elapsed| NoToken::OutOfTime)?;
        if let Some(token) = &state.token {
            let is_refused = refused.is_some_and(|refused| Arc::ptr_eq(refused, token));
            if !is_refused && Instant::now() < token.renew_at {
                return Ok(Arc::clone(token));
            }
        }
        if let Some(failure) = &state.last_failure
            && self.failures.load(Ordering::Acquire) != failures_before
        {
            return Err(NoToken::Failed(Arc::clone(failure)));
        }
        if budget.left().is_zero() {
            return Err(NoToken::OutOfTime);
        }

        // From here on the old token is gone, even if this caller is dropped in the middle.
        *state = State::default();
        let asked = Instant::now();
        match fetch.await {
            Ok(answer) => {
                let token = Arc::new(Token {
                    secret: answer.access_token,
                    received: Instant::now(),
                    renew_at: asked + usable_for(Duration::from_secs(answer.expires_in)),
                });
                state.token = Some(Arc::clone(&token));
                Ok(token)
            }
            Err(failure) => {
                let failure = Arc::new(failure);
                // A failure for want of this caller's time says nothing to those that have more.
                if !budget.left().is_zero() {
                    state.last_failure = Some(Arc::clone(&failure));
                    self.failures.fetch_add(1, Ordering::AcqRel);
                }
                Err(NoToken::Failed(failure))
            }
        }
    }
}

/// How long a token with this life is used. The life is counted from when the token was asked for, which is before the
/// server began to count.
fn usable_for(life: Duration) -> Duration {
    let life = life.min(LONGEST_LIFE);
    life.saturating_sub(MARGIN.min(life / 10))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tokio::sync::Notify;

    use super::*;

    fn answer(token: &str, expires_in: u64) -> AccessToken {
        AccessToken {
            access_token: token.into(),
            token_type: "Bearer".to_owned(),
            expires_in,
            refresh_token: "r".into(),
        }
    }

    fn failure() -> Error {
        Error::Catalogue {
            source: cloudlx_validate::Catalogue::new(
                [cloudlx_model::Realm { id: None, name: String::new(), description: None }],
                [],
            )
            .unwrap_err(),
        }
    }

    fn minute() -> Budget {
        Budget::start(Duration::from_mins(1))
    }

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        for (life, used) in [(3600, 3540), (600, 540), (100, 90), (10, 9), (1, 0), (0, 0), (u64::MAX, 86_340)]
        {
            assert_eq!(usable_for(Duration::from_secs(life)).as_secs(), used, "{life}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_kept_for_its_time_and_no_longer() {
        let cache = TokenCache::default();
        let first = cache.get(None, minute(), async { Ok(answer("1", 3600)) }).await.unwrap();
        tokio::time::advance(Duration::from_secs(3539)).await;
        let kept = cache.get(None, minute(), async { panic!("there is a good one") }).await.unwrap();
        assert!(Arc::ptr_eq(&first, &kept));
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = cache.get(None, minute(), async { Ok(answer("2", 3600)) }).await.unwrap();
        assert!(!Arc::ptr_eq(&first, &second));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_replaced_once() {
        let cache = TokenCache::default();
        let first = cache.get(None, minute(), async { Ok(answer("1", 3600)) }).await.unwrap();
        let second = cache.get(Some(&first), minute(), async { Ok(answer("2", 3600)) }).await.unwrap();
        let same = cache.get(Some(&first), minute(), async { panic!("it was replaced") }).await.unwrap();
        assert!(Arc::ptr_eq(&second, &same));
    }

    #[tokio::test(start_paused = true)]
    async fn those_that_wait_share_a_failure_and_those_that_come_later_do_not() {
        let cache = Arc::new(TokenCache::default());
        let fetches = Arc::new(AtomicUsize::new(0));
        let fail = Arc::new(Notify::new());
        let tasks: Vec<_> = (0..10)
            .map(|_| {
                let (cache, fetches, fail) = (Arc::clone(&cache), Arc::clone(&fetches), Arc::clone(&fail));
                tokio::spawn(async move {
                    let fetch = async {
                        fetches.fetch_add(1, Ordering::SeqCst);
                        fail.notified().await;
                        Err(failure())
                    };
                    cache.get(None, minute(), fetch).await.map(drop)
                })
            })
            .collect();
        // On one thread, all ten are at their await once this task has been behind them in the queue.
        tokio::task::yield_now().await;
        fail.notify_one();
        for task in tasks {
            assert!(matches!(task.await.unwrap(), Err(NoToken::Failed(_))));
        }
        assert_eq!(fetches.load(Ordering::SeqCst), 1);
        assert!(cache.get(None, minute(), async { Ok(answer("1", 3600)) }).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn when_the_fetching_caller_is_dropped_the_next_takes_over() {
        let cache = Arc::new(TokenCache::default());
        let never = cache.get(None, minute(), std::future::pending());
        assert!(timeout(Duration::from_secs(1), never).await.is_err());
        assert!(cache.get(None, minute(), async { Ok(answer("1", 3600)) }).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_the_callers_own_time() {
        let cache = Arc::new(TokenCache::default());
        let never = tokio::spawn({
            let cache = Arc::clone(&cache);
            async move { cache.get(None, minute(), std::future::pending()).await.map(drop) }
        });
        tokio::task::yield_now().await;
        let short = Budget::start(Duration::from_secs(5));
        let waited = cache.get(None, short, async { panic!("another caller is fetching") }).await;
        assert!(matches!(waited, Err(NoToken::OutOfTime)));
        assert_eq!(short.started.elapsed().as_secs(), 5);
        never.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn a_fetch_that_failed_for_want_of_time_is_not_shared() {
        let cache = Arc::new(TokenCache::default());
        let short = Budget::start(Duration::from_secs(5));
        let slow = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Err(failure())
        };
        let good = async { Ok(answer("1", 3600)) };
        let (first, second) = tokio::join!(cache.get(None, short, slow), cache.get(None, minute(), good));
        assert!(matches!(first, Err(NoToken::Failed(_))));
        assert!(second.is_ok());
    }
}
