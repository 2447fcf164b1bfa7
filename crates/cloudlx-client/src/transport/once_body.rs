//! A request body that is sent at most once, and knows how much of it was sent.
//!
//! What a failed attempt may have done depends on one fact: did any of the body leave this process? Neither the kind of the
//! error nor a clock tells for certain, but the transport has to take bytes from the body before it can send them. So the body
//! records when the transport takes the first piece and the last one, and it can be sealed. A sealed body gives out nothing
//! more, however late the transport asks. A body that is sealed before its end breaks the request off, so no server can take a
//! part of it for the whole.
//!
//! For the same reason, the body is where a caller that may lose the right to send is asked at the last moment: see [`Gate`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// The size of a piece. Nearly every request is shorter. Of a longer one, the transport takes no more than it has room for, so
/// that a part can be told from the whole.
const PIECE: usize = 16 << 10;

const WAITING: u8 = 0;
const SENDING: u8 = 1;
const SENT: u8 = 2;
const SEALED: u8 = 3;

/// How much of a request was sent, where no whole response arrived.
///
/// A request without a body counts as sent as soon as it has a connection. The process cannot know more than this: bytes that the
/// transport took may have been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// Nothing of the body was sent, and nothing ever will be: the server cannot have processed the request.
    Nothing,
    /// A part of the body was sent, and the rest never will be. A create is then
    /// [not created](crate::CreateError::NotCreated), unless a response began: no server can take the part for the whole.
    ///
    /// * `Content-Length` announces the length of the whole, and the connection, or in HTTP/2 the stream, ends before that is
    ///   reached. By the rules of HTTP, the request is incomplete and is not processed.
    /// * A server or proxy that takes the part as it is, or pads it, has text that is no JSON: the last byte of the body is the
    ///   brace that ends the request, and it has not left this process.
    ///
    /// Where a response began, nothing is certain: the server responded to a request that it did not have.
    Part,
    /// The whole request was sent.
    All,
}

/// Decides, when the transport takes the first byte of a body, whether the body may be sent.
pub(crate) type Gate = Arc<dyn Fn() -> bool + Send + Sync>;

/// The body. It has no `Debug`, because it may contain a secret.
pub(crate) struct OnceBody {
    /// The bytes that the transport has not taken yet.
    bytes: Bytes,
    /// None once it has decided.
    gate: Option<Gate>,
    state: Arc<AtomicU8>,
}

/// The part of a [`OnceBody`] that stays with the caller.
pub(crate) struct Seal(Arc<AtomicU8>);

/// Why a body breaks off. Nobody sees this error, because the attempt has ended by then.
#[derive(Debug)]
pub(crate) struct Sealed;

impl OnceBody {
    /// `bytes` must not be empty, as JSON never is: the transport takes nothing from an empty body.
    pub(crate) fn new(bytes: Bytes, gate: Option<Gate>) -> (Self, Seal) {
        let state = Arc::new(AtomicU8::new(WAITING));
        (Self { bytes, gate, state: Arc::clone(&state) }, Seal(state))
    }
}

impl Seal {
    /// Seals the body, and returns how much of it was sent: no more ever will be.
    pub(crate) fn close(&self) -> Sent {
        match self.0.swap(SEALED, Ordering::AcqRel) {
            WAITING => Sent::Nothing,
            SENDING => Sent::Part,
            _ => Sent::All,
        }
    }
}

impl Body for OnceBody {
    type Data = Bytes;
    type Error = Sealed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.bytes.is_empty() {
            return Poll::Ready(None);
        }
        if self.gate.take().is_some_and(|may_leave| !may_leave()) {
            self.bytes.clear();
            return Poll::Ready(Some(Err(Sealed)));
        }
        let length = self.bytes.len().min(PIECE);
        let then = if length == self.bytes.len() { SENT } else { SENDING };
        let opened = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| (state != SEALED).then_some(then));
        if opened.is_err() {
            self.bytes.clear();
            return Poll::Ready(Some(Err(Sealed)));
        }
        Poll::Ready(Some(Ok(Frame::data(self.bytes.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attempt is over")
    }
}

impl std::error::Error for Sealed {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of the next piece; none at the end of the body, an error when it is sealed.
    fn ask(body: &mut OnceBody) -> Option<Result<usize, Sealed>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame.map(|frame| frame.map(|frame| frame.into_data().unwrap().len())),
            Poll::Pending => panic!("the body never waits"),
        }
    }

    #[test]
    fn a_body_is_given_once_and_that_cannot_be_undone() {
        for length in [1, PIECE] {
            let (mut body, seal) = OnceBody::new(vec![0; length].into(), None);
            assert_eq!(body.size_hint().exact(), Some(length as u64));
            assert!(matches!(ask(&mut body), Some(Ok(given)) if given == length));
            assert!(body.is_end_stream());
            assert!(ask(&mut body).is_none());
            assert_eq!(seal.close(), Sent::All);
            assert!(ask(&mut body).is_none());
        }
    }

    #[test]
    fn a_long_body_is_given_in_pieces_until_it_is_sealed() {
        let (mut body, seal) = OnceBody::new(vec![0; PIECE + 1].into(), None);
        assert!(matches!(ask(&mut body), Some(Ok(PIECE))));
        assert_eq!(body.size_hint().exact(), Some(1));
        assert!(!body.is_end_stream());
        assert_eq!(seal.close(), Sent::Part);
        assert!(matches!(ask(&mut body), Some(Err(Sealed))));

        let (mut body, seal) = OnceBody::new(vec![0; PIECE + 1].into(), None);
        assert!(matches!((ask(&mut body), ask(&mut body)), (Some(Ok(PIECE)), Some(Ok(1)))));
        assert_eq!(seal.close(), Sent::All);
    }

    #[test]
    fn a_closed_gate_lets_nothing_out() {
        let (mut body, seal) = OnceBody::new(Bytes::from_static(b"{}"), Some(Arc::new(|| false)));
        assert!(matches!(ask(&mut body), Some(Err(Sealed))));
        assert!(ask(&mut body).is_none());
        assert_eq!(seal.close(), Sent::Nothing);

        // The gate decides once: a body of which a part was sent goes on.
        let asked = Arc::new(AtomicU8::new(0));
        let gate = Arc::clone(&asked);
        let gate: Gate = Arc::new(move || gate.fetch_add(1, Ordering::Relaxed) == 0);
        let (mut body, seal) = OnceBody::new(vec![0; PIECE + 1].into(), Some(gate));
        assert!(matches!((ask(&mut body), ask(&mut body)), (Some(Ok(PIECE)), Some(Ok(1)))));
        assert_eq!((seal.close(), asked.load(Ordering::Relaxed)), (Sent::All, 1));
    }

    #[test]
    fn a_sealed_body_gives_nothing() {
        let (mut body, seal) = OnceBody::new(Bytes::from_static(b"{}"), None);
        assert_eq!(seal.close(), Sent::Nothing);
        assert!(matches!(ask(&mut body), Some(Err(Sealed))));
        assert!(ask(&mut body).is_none());
    }
}
