//! Work on all cores that is told in order.

use std::num::NonZero;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does `work` on all items, several at a time, and tells what comes of each in the order of the items.
///
/// An item is taken when a core is free for it, and no more than a few that are done wait for one before them. A single
/// item is worked on here: that is done sooner than a thread is started.
pub(crate) fn each<I: Send, O: Send>(
    mut items: impl Iterator<Item = I> + Send,
    work: impl Fn(I) -> O + Sync,
    mut tell: impl FnMut(O),
) {
    let (first, second) = (items.next(), items.next());
    if second.is_none() {
        return first.into_iter().map(work).for_each(tell);
    }
    let items = Mutex::new(first.into_iter().chain(second).chain(items).fuse());
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let (queue, outcomes) = mpsc::sync_channel(2 * threads);
    thread::scope(|scope| {
        let (items, work) = (&items, &work);
        for _ in 0..threads {
            let queue = queue.clone();
            scope.spawn(move || {
                while let Some((item, outcome)) = take(items, &queue) {
                    // Nobody waits for it only when something panicked.
                    let _ = outcome.send(work(item));
                }
            });
        }
        drop(queue);
        // One without an outcome panicked in its thread, which the scope passes on.
        for outcome in outcomes.into_iter().filter_map(|outcome: Receiver<O>| outcome.recv().ok()) {
            tell(outcome);
        }
    });
}

/// The next item, and where its outcome goes. The place of that in the queue is taken before anybody else can take an item.
fn take<I, O>(
    items: &Mutex<impl Iterator<Item = I>>,
    queue: &SyncSender<Receiver<O>>,
) -> Option<(I, SyncSender<O>)> {
    let mut items = items.lock().unwrap_or_else(PoisonError::into_inner);
    let item = items.next()?;
    let (tell, outcome) = mpsc::sync_channel(1);
    queue.send(outcome).ok()?;
    Some((item, tell))
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn outcomes_come_in_order_however_many_there_are() {
        for count in [0, 1, 2, 1_000] {
            let mut told = Vec::new();
            each(0..count, |item| item * 2, |outcome| told.push(outcome));
            assert_eq!(told, (0..count).map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_item_that_takes_long_keeps_others_from_being_told_and_not_from_being_done() {
        if thread::available_parallelism().map_or(1, NonZero::get) == 1 {
            return;
        }
        // The first ends when the second has.
        let (barrier, mut told) = (Barrier::new(2), Vec::new());
        let work = |item| {
            if item < 2 {
                barrier.wait();
            }
            item
        };
        each(0..10, work, |outcome| told.push(outcome));
        assert_eq!(told, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_is_taken_than_is_being_told() {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let (taken, mut told) = (AtomicUsize::new(0), 0);
        let items = (0..1_000).inspect(|_| {
            taken.fetch_add(1, Ordering::Relaxed);
        });
        each(
            items,
            |item| item,
            |_: usize| {
                told += 1;
                // In the queue, one that waits for it, and the one that was taken out of it.
                assert!(taken.load(Ordering::Relaxed) <= told + 2 * threads + 1);
            },
        );
        assert_eq!(told, 1_000);
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_passed_on() {
        each(0..10, |item| assert_ne!(item, 7, "on purpose"), |()| {});
    }
}
