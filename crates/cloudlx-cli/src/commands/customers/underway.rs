//! Whether a create that is broken off may have been processed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// No request has left, or it was certainly not processed.
const NOTHING: u8 = 0;
/// A request has left, and nobody knows yet what comes of it.
const LEFT: u8 = 1;
/// Nothing leaves any more.
const ENDED: u8 = 2;

/// How far a create got; clones are about the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Underway(Arc<AtomicU8>);

impl Underway {
    /// A request is about to leave; whether it may.
    pub(crate) fn may_leave(&self) -> bool {
        let left = |state| (state != ENDED).then_some(LEFT);
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, left).is_ok()
    }

    /// What left was certainly not processed.
    pub(crate) fn is_not_processed(&self) {
        // Where nothing left, or it has ended, there is nothing to take back.
        let _ = self.0.compare_exchange(LEFT, NOTHING, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Nothing leaves from now on; whether something has that may be processed.
    pub(crate) fn end(&self) -> bool {
        self.0.swap(ENDED, Ordering::AcqRel) == LEFT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_left_and_was_not_turned_away_may_be_processed() {
        let ended = |steps: &[fn(&Underway)]| {
            let underway = Underway::default();
            for step in steps {
                step(&underway);
            }
            let may_be_processed = underway.end();
            assert!(!underway.may_leave(), "nothing leaves any more");
            may_be_processed
        };
        let leave: fn(&Underway) = |it| assert!(it.may_leave());
        let turned_away: fn(&Underway) = Underway::is_not_processed;
        assert!(!ended(&[]));
        assert!(!ended(&[turned_away]));
        assert!(ended(&[leave]));
        assert!(!ended(&[leave, turned_away]));
        assert!(ended(&[leave, turned_away, leave]));
    }
}
