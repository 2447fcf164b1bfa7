//! Parses a list of customers while it arrives, customer by customer.
//!
//! The parser pulls its input, so it runs on a thread where it may block, and gets the body piece by piece through a channel.
//! Only a few pieces may wait in the channel: a slow caller slows the server down, and memory stays flat.

use std::cell::Cell;
use std::future::poll_fn;
use std::io::{self, Read};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::{Buf, Bytes};
use cloudlx_model::Customer;
use reqwest::Response;
use serde_json::value::RawValue;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::paging::statements::Paging;
use crate::response::body::MAX_ERROR_BODY_BYTES;
use crate::response::byte_order_mark::{BYTE_ORDER_MARK, without_byte_order_mark};
use crate::success::list_body::{Element, element_id, parse_element, parse_list};
use crate::success::problem::Problem;
use crate::success::read::{ReadFailure, ReadSuccess};

/// The longest customer that [`Client::fold_customers`](crate::Client::fold_customers) reads, as JSON: 1 MiB, some thousands of
/// sub-realms. The text before the first customer, between two customers, and after the last one may be as long. A longer one
/// is [`Error::Unexpected`](crate::Error::Unexpected).
pub const MAX_CUSTOMER_BYTES: usize = 1 << 20;

/// How many pieces may wait for the parser.
const WAITING_PIECES: usize = 2;

/// Folds all customers of a list, or of its first page, into one value.
pub(crate) struct FoldCustomers<S, F> {
    /// The longest wait for the next piece of the body.
    pub(crate) pause: Duration,
    /// Makes the value before the first customer. Each attempt calls it, so that no customer of a failed attempt counts.
    pub(crate) start: S,
    pub(crate) step: Arc<F>,
}

/// The value after a page, and what was read.
pub(crate) struct Folded<A> {
    pub(crate) value: A,
    pub(crate) paging: Paging,
    /// How many customers the page has.
    pub(crate) elements: u64,
    /// The readable ids of the customers, eight bytes each, to recognise customers that later pages repeat.
    pub(crate) ids: Vec<u64>,
}

impl<A, S, F> ReadSuccess for FoldCustomers<S, F>
where
    A: Send + 'static,
    S: Fn() -> A + Sync,
    F: Fn(&mut A, Element<Customer>) + Send + Sync + 'static,
{
    type Body = Folded<A>;

    async fn read(&self, response: &mut Response) -> Result<Folded<A>, ReadFailure> {
        let head = Paging::from_head(response.status(), response.headers());
        let (hand, pieces) = mpsc::channel(WAITING_PIECES);
        let (folded, step) = ((self.start)(), Arc::clone(&self.step));
        let folding = tokio::task::spawn_blocking(move || fold(pieces, folded, &*step));
        let HandedOver { beginning, cut, broken } = hand_over(response, hand, self.pause).await;
        let folded = match folding.await {
            Ok(folded) => folded,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(ended) => {
                    return Err(ReadFailure::Broken { timed_out: false, source: ended.into(), beginning });
                }
            },
        };
        match (folded, broken) {
            (Ok(folded), None) => Ok(Folded { paging: head.and(folded.paging), ..folded }),
            (Ok(_), Some(broken)) => Err(broken),
            // The list ends too soon because the connection broke.
            (Err(Problem::Json(error)), Some(broken)) if error.is_eof() => Err(broken),
            (Err(problem), broken) => {
                Err(ReadFailure::Unusable { problem, beginning, cut: cut || broken.is_some() })
            }
        }
    }
}

/// What is known of the body after it was handed to the parser.
struct HandedOver {
    /// As much of the body as an error would keep.
    beginning: Vec<u8>,
    /// Whether the body is longer than `beginning`.
    cut: bool,
    /// Why the rest did not arrive, unless the parser stopped reading.
    broken: Option<ReadFailure>,
}

/// Hands the body to the parser, to its end. Where the parser stops, it found an error, which keeps the beginning of the body:
/// then reading goes on until the beginning is complete, and no further.
async fn hand_over(response: &mut Response, hand: mpsc::Sender<Bytes>, pause: Duration) -> HandedOver {
    let mut handed = HandedOver { beginning: Vec::new(), cut: false, broken: None };
    loop {
        let room = MAX_ERROR_BODY_BYTES - handed.beginning.len();
        let Some(piece) = until(handed.cut.then(|| hand.closed()), timeout(pause, response.chunk())).await
        else {
            return handed;
        };
        handed.broken = match piece {
            Ok(Ok(Some(piece))) => {
                handed.beginning.extend(piece.iter().take(room));
                handed.cut |= piece.len() > room;
                // Whether the parser still receives is checked above.
                let _ = hand.send(piece).await;
                continue;
            }
            Ok(Ok(None)) => None,
            Ok(Err(source)) => Some(ReadFailure::broken(source, Vec::new())),
            Err(elapsed) => {
                Some(ReadFailure::Broken { timed_out: true, source: elapsed.into(), beginning: Vec::new() })
            }
        };
        return handed;
    }
}

/// The output of `wait`, or none where `end` completes first.
///
/// `tokio::select!` does the same, but would be the only use of tokio's macros, which need all of syn.
async fn until<T>(end: Option<impl Future<Output = ()>>, wait: impl Future<Output = T>) -> Option<T> {
    let (mut end, mut wait) = (pin!(end), pin!(wait));
    poll_fn(|context| {
        let ended = end.as_mut().as_pin_mut().is_some_and(|end| end.poll(context).is_ready());
        if ended { Poll::Ready(None) } else { wait.as_mut().poll(context).map(Some) }
    })
    .await
}

/// Folds the customers of a later page into the value, on a thread where `step` may block.
pub(crate) async fn fold_page<A, F>(mut value: A, customers: Vec<Element<Customer>>, step: Arc<F>) -> A
where
    A: Send + 'static,
    F: Fn(&mut A, Element<Customer>) + Send + Sync + 'static,
{
    let stepping = tokio::task::spawn_blocking(move || {
        for customer in customers {
            step(&mut value, customer);
        }
        value
    });
    match stepping.await {
        Ok(value) => value,
        // Nobody aborts the task, so it panicked.
        Err(ended) => std::panic::resume_unwind(ended.into_panic()),
    }
}

/// Parses the list from the pieces of its body.
fn fold<A>(
    pieces: mpsc::Receiver<Bytes>,
    mut value: A,
    step: &impl Fn(&mut A, Element<Customer>),
) -> Result<Folded<A>, Problem> {
    let length = Rc::new(Cell::new(0));
    let mut body = Body { pieces, piece: Bytes::new(), length: Rc::clone(&length) };
    if body.skip_byte_order_marks().is_err() {
        return Err(Problem::CustomerTooLong(MAX_CUSTOMER_BYTES));
    }
    let (mut elements, mut ids) = (0, Vec::new());
    // Each customer is parsed separately, so that one that cannot be read does not end the list.
    let on_customer = |raw: Box<RawValue>| {
        length.set(0);
        elements += 1;
        let customer = parse_element(&raw, elements);
        ids.extend(element_id(&customer));
        step(&mut value, customer);
    };
    match parse_list::<Customer, _>(serde_json::Deserializer::from_reader(body), on_customer) {
        Ok(paging) => Ok(Folded { value, paging, elements, ids }),
        // Reading the body has no other I/O error.
        Err(error) if error.is_io() => Err(Problem::CustomerTooLong(MAX_CUSTOMER_BYTES)),
        Err(error) => Err(Problem::Json(error)),
    }
}

/// The body as a blocking reader.
struct Body {
    pieces: mpsc::Receiver<Bytes>,
    piece: Bytes,
    /// How many bytes were read since the last customer.
    length: Rc<Cell<usize>>,
}

impl Body {
    /// Appends the next piece to the current one. False at the end of the body.
    fn fill(&mut self) -> bool {
        let Some(piece) = self.pieces.blocking_recv() else { return false };
        self.piece = if self.piece.is_empty() { piece } else { [&*self.piece, &*piece].concat().into() };
        true
    }

    /// Skips the byte-order marks that [`without_byte_order_mark`] removes.
    fn skip_byte_order_marks(&mut self) -> io::Result<()> {
        loop {
            let rest = without_byte_order_mark(&self.piece);
            let skipped = self.piece.len() - rest.len();
            // The rest may be the beginning of another mark, which the next piece completes.
            let may_be_mark =
                BYTE_ORDER_MARK.starts_with(rest.trim_ascii_start()) && rest.len() <= MAX_CUSTOMER_BYTES;
            self.count(skipped)?;
            self.piece.advance(skipped);
            if !may_be_mark || !self.fill() {
                return Ok(());
            }
        }
    }

    fn count(&self, read: usize) -> io::Result<()> {
        let length = self.length.get() + read;
        if length > MAX_CUSTOMER_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.length.set(length);
        Ok(())
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            if !self.fill() {
                return Ok(0);
            }
        }
        let read = self.piece.len().min(buffer.len());
        self.count(read)?;
        if let Some(buffer) = buffer.get_mut(..read) {
            self.piece.copy_to_slice(buffer);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::Context;

    use http_body::Frame;
    use tokio::time::{Instant, Sleep, sleep};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const KIB: usize = 1 << 10;

    /// This many pieces of [`KIB`] bytes, each a second after the one before.
    struct Drips(usize, Pin<Box<Sleep>>);

    impl http_body::Body for Drips {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            if self.0 == 0 {
                return Poll::Ready(None);
            }
            std::task::ready!(self.1.as_mut().poll(context));
            self.0 -= 1;
            self.1.as_mut().reset(Instant::now() + SECOND);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; KIB])))))
        }
    }

    fn drips(count: usize) -> Response {
        let drips = Drips(count, Box::pin(sleep(SECOND)));
        Response::from(http::Response::new(reqwest::Body::wrap(drips)))
    }

    async fn hand_over_drips(count: usize, pause: Duration) -> (usize, HandedOver) {
        let (hand, mut pieces) = mpsc::channel(WAITING_PIECES);
        let taken = async {
            let mut taken = 0;
            while pieces.recv().await.is_some() {
                taken += 1;
            }
            taken
        };
        let mut response = drips(count);
        tokio::join!(taken, hand_over(&mut response, hand, pause))
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_is_for_each_piece() {
        let (taken, handed) = hand_over_drips(10, 2 * SECOND).await;
        assert!(handed.broken.is_none() && !handed.cut);
        assert_eq!((taken, handed.beginning.len()), (10, 10 * KIB));

        let (taken, handed) = hand_over_drips(10, SECOND / 2).await;
        assert!(matches!(handed.broken, Some(ReadFailure::Broken { timed_out: true, .. })));
        assert_eq!(taken, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn of_what_nobody_takes_the_beginning_is_read() {
        for (count, cut) in [(3, false), (MAX_ERROR_BODY_BYTES / KIB, false), (usize::MAX, true)] {
            let (hand, pieces) = mpsc::channel(WAITING_PIECES);
            drop(pieces);
            let handed = hand_over(&mut drips(count), hand, 2 * SECOND).await;
            assert_eq!(handed.beginning.len(), count.saturating_mul(KIB).min(MAX_ERROR_BODY_BYTES));
            assert_eq!((handed.cut, handed.broken.is_none()), (cut, true));
        }
    }
}
