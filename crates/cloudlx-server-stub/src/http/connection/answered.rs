//! The body of an answer on its way out: as long as its caller takes it, the connection does not idle.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::body::{self, Bytes, Frame, SizeHint};

use crate::api::answer::Body;
use crate::http::connection_limit::Seat;

/// A body that tells its connection's seat of each part that is taken.
pub(super) struct Answered {
    body: Body,
    seat: Seat,
}

impl Answered {
    pub(super) fn new(body: Body, seat: Seat) -> Self {
        Self { body, seat }
    }
}

impl body::Body for Answered {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.seat.touch();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
