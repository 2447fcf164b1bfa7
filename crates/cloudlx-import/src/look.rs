//! Settling what is unknown: waiting until nothing can land any more, listing the customers, and keeping the verdicts.

use std::time::Duration;

use cloudlx_client::Error;
use tokio::time::sleep;

use crate::import::{Phase, Run};
use crate::journal::{Journal, JournalError, RowId, Settlement};
use crate::settle::{OpenRow, Undecidable, Verdict, Wait, settle};

/// How looking ended.
#[derive(Debug)]
pub(crate) enum Looked {
    /// Nothing is unknown any more, but for what others are sending.
    Settled,
    /// The run was told to stop.
    Stopped,
    /// The list could not be had.
    CannotList(Error),
}

/// Settles all unknown rows that can be settled.
pub(crate) async fn look<J: Journal>(run: &Run<J>) -> Result<Looked, JournalError> {
    // A list that lacks known customers is given time to show them, once.
    for last in [false, true] {
        let Some(quiet) = run.journal.quiet_for().await? else { return Ok(Looked::Settled) };
        let settle_time = run.options.settle_time;
        let wait = if last { settle_time } else { settle_time.saturating_sub(quiet) };
        if !wait_for(run, wait).await {
            return Ok(Looked::Stopped);
        }
        // Read before the list is asked for: what becomes unknown in the meantime is not to be judged by it.
        let open = run.journal.open_rows().await?;
        run.enter(Phase::Listing);
        let list = tokio::select! {
            listed = run.client.list_customers() => match listed {
                Ok(list) => list,
                Err(error) => return Ok(Looked::CannotList(error)),
            },
            () = run.stop.told() => return Ok(Looked::Stopped),
        };
        let known = run.journal.known().await?;
        let verdicts = settle(&open, &known, &list);
        let all = verdicts.len();
        let settlements: Vec<_> = verdicts.into_iter().filter_map(|it| settlement(it, last)).collect();
        let all_settled = settlements.len() == all;
        // While another may be making customers, not all that is listed was there before.
        let nobody_sends = open.iter().all(OpenRow::is_unknown);
        let listed = list.iter().map(|customer| customer.id);
        let now_known = if nobody_sends { listed.collect() } else { Vec::new() };
        run.journal.settle(settlements, now_known).await?;
        run.counts().await?;
        if all_settled {
            break;
        }
    }
    Ok(Looked::Settled)
}

/// Waits, and says so; false when the run is told to stop.
async fn wait_for<J>(run: &Run<J>, time: Duration) -> bool {
    if !time.is_zero() {
        run.enter(Phase::Waiting { time });
    }
    tokio::select! {
        () = sleep(time) => true,
        () = run.stop.told() => false,
    }
}

/// What is kept of a verdict; nothing where another list may say more, and there will be one.
fn settlement((row, verdict): (RowId, Verdict), last: bool) -> Option<(RowId, Settlement)> {
    let settlement = match verdict {
        Verdict::Created { customer, interchangeable } => Settlement::Created { customer, interchangeable },
        Verdict::NotCreated => Settlement::NotCreated,
        Verdict::Uncertain(why) => Settlement::Uncertain(why),
        Verdict::NotYet(Wait::Incomplete { missing }) if last => {
            Settlement::Uncertain(Undecidable::Incomplete { missing })
        }
        Verdict::NotYet(_) => return None,
    };
    Some((row, settlement))
}
