//! A request body that is sent at most once, and knows whether it was.
//!
//! What a failed attempt may have done hangs on one fact: did any of the body leave? Neither the kind of the error nor
//! a clock says so for certain, but the transport must ask the body for its bytes before it can send one. So the body
//! notes when it is first asked, and can be sealed: a sealed body gives nothing, whoever asks and however late.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

const WAITING: u8 = 0;
const SENDING: u8 = 1;
const SEALED: u8 = 2;

/// The body. It has no `Debug`: it may hold a secret.
pub(crate) struct OnceBody {
    bytes: Option<Bytes>,
    state: Arc<AtomicU8>,
}

/// The side of a [`OnceBody`] that stays with the caller.
pub(crate) struct Seal(Arc<AtomicU8>);

impl OnceBody {
    pub(crate) fn new(bytes: Bytes) -> (Self, Seal) {
        let state = Arc::new(AtomicU8::new(WAITING));
        (Self { bytes: Some(bytes), state: Arc::clone(&state) }, Seal(state))
    }
}

impl Seal {
    /// Seals the body. True when no byte of it was given out: then none ever will be.
    pub(crate) fn close(&self) -> bool {
        self.0.compare_exchange(WAITING, SEALED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl Body for OnceBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let opened = self.state.compare_exchange(WAITING, SENDING, Ordering::AcqRel, Ordering::Acquire);
        if opened == Err(SEALED) {
            // Less than the announced length: the transport breaks the connection off.
            self.bytes = None;
        }
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(body: &mut OnceBody) -> Option<Bytes> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.unwrap().into_data().unwrap()),
            Poll::Pending => panic!("the body never waits"),
        }
    }

    #[test]
    fn a_body_that_was_asked_for_cannot_be_sealed_and_is_given_once() {
        let (mut body, seal) = OnceBody::new(Bytes::from_static(b"{}"));
        assert_eq!(body.size_hint().exact(), Some(2));
        assert_eq!(ask(&mut body).as_deref(), Some(b"{}".as_slice()));
        assert!(!seal.close());
        assert_eq!(ask(&mut body), None);
    }

    #[test]
    fn a_sealed_body_gives_nothing() {
        let (mut body, seal) = OnceBody::new(Bytes::from_static(b"{}"));
        assert!(seal.close());
        assert_eq!(ask(&mut body), None);
    }
}
