//! Waits for a store without a runtime, for the methods of a stub's handle that are not async.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Blocks the thread until a store has answered. A store does its work on other threads, so this completes on the only thread
/// of a runtime as well.
pub(crate) fn wait<T>(answer: impl Future<Output = T>) -> T {
    // No other task runs on this thread meanwhile, so there is nothing to yield to.
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
