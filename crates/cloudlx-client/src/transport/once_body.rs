//! A request body that is sent at most once, and knows how much of it was.
//!
//! What a failed attempt may have done hangs on one fact: did any of the body leave? Neither the kind of the error nor
//! a clock says so for certain, but the transport must ask the body for its bytes before it can send one. So the body
//! notes when it is first asked and when it has given out its last piece, and can be sealed: a sealed body gives nothing
//! more, whoever asks and however late. A body that was sealed before its end breaks the request off, so that no server
//! takes a part of it for the whole.
//!
//! For the same reason the body is where a caller that may lose the right to send is asked at the last moment: see
//! [`Gate`].

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// What is given out at once. Nearly every request is shorter; of a longer one the transport asks for no more than it
/// has room for, so that a part of it can be told from the whole.
const PIECE: usize = 16 << 10;

const WAITING: u8 = 0;
const SENDING: u8 = 1;
const SENT: u8 = 2;
const SEALED: u8 = 3;

/// How much of a request left, where no whole answer came to it.
///
/// A request without a body counts as sent as soon as it had a connection. No more is claimed than the process can know:
/// what was handed to the transport may have gone out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// None of its body, and none ever will: the server cannot have processed it.
    Nothing,
    /// Some of its body, and the rest never will. A create is then [not created](crate::CreateError::NotCreated), unless an
    /// answer began: no server can take the part for the whole.
    ///
    /// * The length of the whole is said before it (`Content-Length`), and the connection, or in HTTP/2 the stream, is broken
    ///   off before that is reached: by HTTP the request is incomplete, and is not processed.
    /// * A server or proxy that takes what is there, or fills it up with anything, has text that is no JSON: the last byte of
    ///   the body is the brace that ends the request, and it has not left this process.
    ///
    /// A server that began to answer is doubted: it has said something of a request that it did not have.
    Part,
    /// All of it.
    All,
}

/// Says, when the first byte of a body is asked for, whether it may leave.
pub(crate) type Gate = Arc<dyn Fn() -> bool + Send + Sync>;

/// The body. It has no `Debug`: it may hold a secret.
pub(crate) struct OnceBody {
    /// What was not given out yet.
    bytes: Bytes,
    /// There until it was asked.
    gate: Option<Gate>,
    state: Arc<AtomicU8>,
}

/// The side of a [`OnceBody`] that stays with the caller.
pub(crate) struct Seal(Arc<AtomicU8>);

/// Why a body ends before its end. Nobody sees it: the attempt is over by then.
#[derive(Debug)]
pub(crate) struct Sealed;

impl OnceBody {
    /// Of bytes that are not none, as JSON never is: nobody asks for nothing.
    pub(crate) fn new(bytes: Bytes, gate: Option<Gate>) -> (Self, Seal) {
        let state = Arc::new(AtomicU8::new(WAITING));
        (Self { bytes, gate, state: Arc::clone(&state) }, Seal(state))
    }
}

impl Seal {
    /// Seals the body, and says how much of it was given out: no more ever will be.
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

    /// What the body gives: how much, none at its end, an error when it is sealed.
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

        // It is asked once: what has begun to leave goes on.
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
