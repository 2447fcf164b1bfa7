//! Settles rows whose outcome is unknown by the list of customers.
//!
//! [`settle`] is a pure function: rows, known customers and a list go in, and a verdict for each unknown row comes out.
//! `GUARANTEES.md` describes the verdicts.

mod evidence;
mod groups;
mod ids;
mod judge;
mod matching;
mod open_row;
mod similar;
mod verdict;

pub use self::evidence::{Known, Shown, Unreadable};
pub use self::ids::Ids;
pub use self::matching::{answers, fits};
pub use self::open_row::{OpenRow, Progress};
pub use self::verdict::{Undecidable, Verdict, Wait};

use self::groups::group;
use self::judge::{Absence, judge};
use self::similar::Names;
use crate::row::RowId;

/// Judges each of `rows` whose outcome is unknown by a list that was requested at least the settle time after the last of them
/// was sent. `known` may contain more than was known when the list was requested.
#[must_use]
pub fn settle(rows: &[OpenRow], known: &Known, shown: &Shown) -> Vec<(RowId, Verdict)> {
    let mut new: Vec<_> =
        shown.new.iter().filter(|customer| !known.customers.contains(customer.id)).collect();
    new.sort_unstable_by_key(|customer| customer.id);
    new.dedup_by_key(|customer| customer.id);
    let missing = known.customers.iter().filter(|customer| !shown.ids.contains(*customer)).count();

    let (groups, unexplained) = group(rows, &new);
    let names = Names::new(unexplained.iter().map(|customer| customer.name.as_str()));
    // A known customer was there before, or is another row's.
    let is_known = |it: &&Unreadable| it.id.is_some_and(|id| known.customers.contains(id));
    let unreadable = shown.unreadable.iter().find(|it| !is_known(it)).copied();
    let absence = Absence { known, missing, unreadable, unexplained, names };
    let mut verdicts: Vec<_> = groups.iter().flat_map(|group| judge(group, &absence)).collect();
    verdicts.sort_unstable_by_key(|(row, _)| *row);
    verdicts
}
