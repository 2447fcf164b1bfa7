//! The body of an answer: while the peer reads it, the connection does not idle.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::body::{self, Bytes, Frame, SizeHint};

use crate::api::answer::Body;
use crate::http::connection_limit::Slot;

/// A body that reports each part that is read to its connection's slot.
pub(super) struct TrackedBody {
    body: Body,
    slot: Slot,
}

impl TrackedBody {
    pub(super) fn new(body: Body, slot: Slot) -> Self {
        Self { body, slot }
    }
}

impl body::Body for TrackedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.slot.touch();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
