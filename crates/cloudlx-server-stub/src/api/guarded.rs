//! A handler whose panic costs one answer and not the connection.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use hyper::StatusCode;

use super::answer::Answer;

/// Runs a handler, and answers 500 when it panics.
pub(super) async fn guarded(handler: impl Future<Output = Result<Answer, Answer>>) -> Result<Answer, Answer> {
    let mut handler = pin!(handler);
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
    use super::*;

    #[tokio::test]
    async fn a_handler_that_panics_is_answered_500() {
        let answer = guarded(async { panic!("a bug") }).await;
        assert_eq!(answer.map_err(|answer| answer.status).err(), Some(StatusCode::INTERNAL_SERVER_ERROR));
    }
}
