//! A handler whose panic costs one answer and not the connection.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use hyper::StatusCode;

use super::answer::Answer;

/// Runs a handler, and answers 500 when it panics, be that before it returns its future.
pub(super) async fn guarded<F>(handler: impl FnOnce() -> F) -> Result<Answer, Answer>
where
    F: Future<Output = Result<Answer, Answer>>,
{
    let mut handler = pin!(async { handler().await });
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context))).unwrap_or_else(|_| {
            let message = "the stub failed on this request, which is a bug in the stub: please report it";
            Poll::Ready(Err(Answer::error(StatusCode::INTERNAL_SERVER_ERROR, message)))
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::Ready;

    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_is_answered_500() {
        let later = guarded(|| async { panic!("a bug") }).await;
        let at_once = guarded(|| -> Ready<Result<Answer, Answer>> { panic!("a bug") }).await;
        for answer in [later, at_once] {
            assert_eq!(answer.map_err(|answer| answer.status).err(), Some(StatusCode::INTERNAL_SERVER_ERROR));
        }
    }
}
