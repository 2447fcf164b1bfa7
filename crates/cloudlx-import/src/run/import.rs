//! The import itself, from a loaded journal to where nothing more can be done.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_client::{Client, Error, Retry};
use tokio::sync::watch;
use tokio::time::sleep;

use super::backoff::Backoff;
use super::context::Run;
use super::gate::SendRound;
use super::options::Options;
use super::progress::{Phase, Progress};
use super::send::send_round;
use super::settle_round::{SettleRound, listed_id, settle_round};
use super::stop::Stop;
use super::summary::{EndedEarly, Summary};
use crate::journal::{Counts, Journal, JournalError};

/// The most rounds one after the other that finish no row.
const FRUITLESS_ROUNDS: u32 = 2;

/// The most such rounds where the failures of the last one were temporary. The run backs off for longer after each of them.
const UNPROCESSED_ROUNDS: u32 = 4;

/// How long a run waits before it looks again at the rows that other workers are sending.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Sends pending rows and settles unknown ones, in rounds, as long as rounds finish rows.
///
/// [`prepare`](crate::prepare) must have loaded the rows into the journal. A run can be ended at any time and started again with
/// the same journal: `stop` ends it in order, and dropping the future ends it at once. Rows that were being sent then become
/// unknown, and the next run settles them.
///
/// # Errors
///
/// When the journal cannot be read or written, or belongs to another API or account. Failures of the API are in the
/// [`Summary`].
pub async fn import<J: Journal>(
    client: &Client,
    journal: &Arc<J>,
    options: Options,
    stop: Stop,
    progress: watch::Sender<Progress>,
) -> Result<Summary, JournalError> {
    let (client, journal) = (client.clone(), Arc::clone(journal));
    let run = Arc::new(Run { client, journal, options, stop, progress, backoff: Backoff::default() });
    let mut counts = run.counts().await?;
    // A journal of another API or account is refused before any request, even when no row is left to send, because its
    // customers are not here. The journal is bound only after the API has answered, so that a mistyped address binds nothing.
    let is_bound = match run.journal.bound().await? {
        Some(bound) => bound.is_to(run.client.base_url(), run.account().as_ref())?,
        None => false,
    };
    let mut ended_early = None;
    if !is_done(&counts) {
        ended_early = rounds(&run, counts, is_bound).await?;
        counts = run.counts().await?;
    }
    Ok(Summary { counts, ended_early: ended_early.filter(|_| !is_done(&counts)) })
}

fn is_done(counts: &Counts) -> bool {
    counts.done() == counts.rows()
}

async fn rounds<J: Journal>(
    run: &Arc<Run<J>>,
    mut before: Counts,
    mut is_bound: bool,
) -> Result<Option<EndedEarly>, JournalError> {
    let mut fruitless = 0;
    loop {
        // While no row is unknown or being sent, every listed customer existed before the rows that are sent from now on.
        if (!is_bound || before.unknown + before.sending == 0)
            && let Some(ended) = know_existing_customers(run).await?
        {
            return Ok(Some(ended));
        }
        is_bound = true;
        let sent = send_round(run).await?;
        if run.stop.is_requested() {
            return Ok(Some(stopped()));
        }
        match settle_round(run).await? {
            SettleRound::Settled => {}
            SettleRound::Stopped => return Ok(Some(stopped())),
            SettleRound::CannotList(error) => return Ok(Some(cannot_list(run, &error))),
        }

        let after = run.counts().await?;
        if is_done(&after) {
            return Ok(None);
        }
        fruitless = if after.done() > before.done() { 0 } else { fruitless + 1 };
        match sent {
            SendRound::Later(ended) => return Ok(Some(ended)),
            // Other workers complete their rows, or their leases lapse. Then there may be rows to settle or send.
            SendRound::Through { trouble: None, .. } if after.sending > 0 => {
                run.enter(Phase::Others);
                tokio::select! {
                    () = sleep(POLL_INTERVAL) => {}
                    () = run.stop.requested() => return Ok(Some(stopped())),
                }
                (before, fruitless) = (after, 0);
            }
            SendRound::Through { trouble, temporary }
                if fruitless >= if temporary { UNPROCESSED_ROUNDS } else { FRUITLESS_ROUNDS } =>
            {
                return Ok(Some(trouble.unwrap_or_else(not_processed)));
            }
            SendRound::Through { .. } => before = after,
        }
    }
}

/// Lists the customers, makes them known, and binds the journal to the API and the account.
async fn know_existing_customers<J: Journal>(run: &Run<J>) -> Result<Option<EndedEarly>, JournalError> {
    run.enter(Phase::Listing);
    let listed = tokio::select! {
        listed = run.client.fold_customers(Vec::new, |ids: &mut Vec<_>, it| ids.extend(listed_id(&it))) => listed,
        () = run.stop.requested() => return Ok(Some(stopped())),
    };
    match listed {
        Ok(ids) => {
            run.journal.bind_api(run.client.base_url(), run.account().as_ref()).await?;
            run.journal.know(ids).await?;
            Ok(None)
        }
        Err(error) => Ok(Some(cannot_list(run, &error))),
    }
}

fn not_processed() -> EndedEarly {
    let reason = "the rows that are left were sent again and again, and not processed".to_owned();
    EndedEarly { reason, again: true }
}

fn stopped() -> EndedEarly {
    EndedEarly { reason: "it was told to stop".to_owned(), again: true }
}

fn cannot_list<J>(run: &Run<J>, error: &Error) -> EndedEarly {
    let reason = format!("the customers could not be listed: {}", run.describe(error));
    EndedEarly { reason, again: error.retry() != Retry::Useless }
}
