//! Waiting for a store without a runtime: what a test asks of a stub's handle is answered at once.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Blocks the thread until a store has answered. What a store waits for runs elsewhere, so that this ends on the only thread of
/// a runtime as well.
pub(crate) fn wait<T>(answer: impl Future<Output = T>) -> T {
    // Nobody else runs on this thread in the meantime, so there is nobody to make room for.
    let mut answer = pin!(tokio::task::unconstrained(answer));
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match answer.as_mut().poll(&mut context) {
            Poll::Ready(answer) => return answer,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
