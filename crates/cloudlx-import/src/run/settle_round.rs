//! A round of settling: waits until lost creates can no longer land, lists the customers, and stores the verdicts.

use std::collections::HashSet;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use cloudlx_client::{Error, UnreadableCustomer};
use cloudlx_model::{Customer, CustomerId};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::context::Run;
use super::progress::Phase;
use crate::journal::{Journal, JournalError, Look, REFUSALS, Settlement};
use crate::row::RowId;
use crate::settle::{Ids, Known, OpenRow, Progress, Shown, Undecidable, Unreadable, Verdict, Wait, settle};

/// How a round of settling ended.
#[derive(Debug)]
pub(super) enum SettleRound {
    /// Every unknown row that can be settled is settled.
    Settled,
    /// The run was told to stop.
    Stopped,
    /// The customers could not be listed.
    CannotList(Error),
}

/// Settles all unknown rows that can be settled.
pub(super) async fn settle_round<J: Journal>(run: &Run<J>) -> Result<SettleRound, JournalError> {
    if run.journal.look().await?.quiet_for.is_none() {
        return Ok(SettleRound::Settled);
    }
    let mut is_second = false;
    let mut known_before = Arc::new(run.journal.known().await?.customers);
    loop {
        let Some(look) = wait_until_quiet(run).await? else { return Ok(SettleRound::Stopped) };
        if look.quiet_for.is_none() {
            return Ok(SettleRound::Settled);
        }
        run.enter(Phase::Listing);
        let shown = tokio::select! {
            listed = list(run, Arc::clone(&known_before)) => match listed {
                Ok(shown) => shown,
                Err(error) => return Ok(SettleRound::CannotList(error)),
            },
            () = run.stop.requested() => return Ok(SettleRound::Stopped),
        };
        let open = unknown_since_before(run.journal.open_rows().await?, &look.open);
        // While another worker may create customers, not every listed customer existed before.
        let nobody_sends = open.iter().all(OpenRow::is_unknown);
        let mut known = run.journal.known().await?;
        // Customers that other workers created in the meantime need not be in the list yet.
        known.customers.retain(|customer| known_before.contains(customer) || shown.ids.contains(customer));
        let refused: HashSet<_> =
            open.iter().filter(|row| row.refusals >= REFUSALS).map(|row| row.row).collect();
        let (verdicts, known, shown) = judge(open, known, shown).await;
        let incomplete = |(_, verdict): &(_, _)| matches!(verdict, Verdict::NotYet(Wait::Incomplete { .. }));
        let another_list = !is_second && verdicts.iter().any(incomplete);
        // A row that waits for another list may have created a customer that this one shows.
        let all_known = nobody_sends && !another_list;
        let settlements =
            verdicts.into_iter().filter_map(|it| settlement(it, &refused, is_second, all_known)).collect();
        let now_known = if all_known { shown.into() } else { Vec::new() };
        if !run.journal.settle(&look, settlements, now_known).await? {
            // Another worker settled first, and there may be less to settle now.
            continue;
        }
        run.counts().await?;
        if !another_list {
            return Ok(SettleRound::Settled);
        }
        // A list that lacks known customers gets another settle time to show them, once.
        is_second = true;
        known_before = Arc::new(known);
        if !wait_for(run, run.options.settle_time).await {
            return Ok(SettleRound::Stopped);
        }
    }
}

/// Lists the customers. `known` are those that were known before.
async fn list<J: Journal>(run: &Run<J>, known: Arc<Ids>) -> Result<Shown, Error> {
    #[derive(Default)]
    struct Listed {
        ids: Vec<CustomerId>,
        new: Vec<Customer>,
        unreadable: Vec<Unreadable>,
    }

    let take = move |listed: &mut Listed, customer: Result<Customer, UnreadableCustomer>| {
        let id = listed_id(&customer);
        listed.ids.extend(id);
        if id.is_some_and(|id| known.contains(id)) {
            return;
        }
        match customer {
            Ok(customer) => listed.new.push(customer),
            Err(UnreadableCustomer { place, id, .. }) => listed.unreadable.push(Unreadable { place, id }),
        }
    };
    let Listed { ids, new, unreadable } = run.client.fold_customers(Listed::default, take).await?;
    Ok(Shown { ids: ids.into(), new, unreadable })
}

/// The id of a listed customer, where it can be read.
pub(super) fn listed_id(customer: &Result<Customer, UnreadableCustomer>) -> Option<CustomerId> {
    customer.as_ref().map_or_else(|unreadable| unreadable.id, |customer| Some(customer.id))
}

/// Judges on a blocking thread, because many rows take long. Returns the ids that are known and shown as well.
async fn judge(open: Vec<OpenRow>, known: Known, shown: Shown) -> (Vec<(RowId, Verdict)>, Ids, Ids) {
    let judged = spawn_blocking(move || (settle(&open, &known, &shown), known.customers, shown.ids)).await;
    judged.unwrap_or_else(|ended| resume_unwind(ended.into_panic()))
}

/// Waits until no row has become unknown for the settle time. None when the run is told to stop. Other workers may send
/// meanwhile, and lose answers.
async fn wait_until_quiet<J: Journal>(run: &Run<J>) -> Result<Option<Look>, JournalError> {
    loop {
        let look = run.journal.look().await?;
        let wait =
            look.quiet_for.map_or(Duration::ZERO, |quiet| run.options.settle_time.saturating_sub(quiet));
        if wait.is_zero() {
            return Ok(Some(look));
        }
        if !wait_for(run, wait).await {
            return Ok(None);
        }
    }
}

/// The rows that are open now. Rows that were not unknown `before` the list was requested count as being sent: the list may
/// or may not show their customers.
fn unknown_since_before(now: Vec<OpenRow>, before: &[OpenRow]) -> Vec<OpenRow> {
    let unknown: HashSet<_> = before.iter().filter(|row| row.is_unknown()).map(|row| row.row).collect();
    let still = |row: OpenRow| {
        let progress = if unknown.contains(&row.row) { row.progress } else { Progress::Sending };
        OpenRow { progress, ..row }
    };
    now.into_iter().map(still).collect()
}

/// Waits, and reports it as progress. False when the run is told to stop.
async fn wait_for<J>(run: &Run<J>, time: Duration) -> bool {
    if !time.is_zero() {
        run.enter(Phase::Waiting { time });
    }
    tokio::select! {
        () = sleep(time) => true,
        () = run.stop.requested() => false,
    }
}

/// The settlement for a verdict; none where the next list may tell more.
///
/// A row in `refused` was refused often enough: it is not sent again once the list proves that it was not created.
///
/// A row ends as uncertain only when all listed customers become known with it. Otherwise a customer that it may have created
/// could be taken for a later row's.
fn settlement(
    (row, verdict): (RowId, Verdict),
    refused: &HashSet<RowId>,
    last: bool,
    all_known: bool,
) -> Option<(RowId, Settlement)> {
    let settlement = match verdict {
        Verdict::Created { customer, interchangeable } => Settlement::Created { customer, interchangeable },
        Verdict::NotCreated if refused.contains(&row) => Settlement::Refused,
        Verdict::NotCreated => Settlement::NotCreated,
        Verdict::Uncertain(why) if all_known => Settlement::Uncertain(why),
        Verdict::NotYet(Wait::Incomplete { missing }) if last && all_known => {
            Settlement::Uncertain(Undecidable::Incomplete { missing })
        }
        Verdict::Uncertain(_) | Verdict::NotYet(_) => return None,
    };
    Some((row, settlement))
}

#[cfg(test)]
mod tests {
    use cloudlx_validate::from_json;

    use super::*;

    #[test]
    fn what_was_sent_while_the_list_was_asked_for_is_not_judged() {
        let request = br#"{"name": "A", "currency_iso": "GBP", "country_iso": "GB", "realms": []}"#;
        let request = from_json(request).unwrap().into_inner();
        let unknown = Progress::Unknown { acted: false };
        let row =
            |row, progress| OpenRow { row: RowId(row), request: request.clone(), progress, refusals: 0 };
        let before = [row(1, unknown), row(2, Progress::Sending), row(3, unknown)];
        let now = vec![row(1, unknown), row(2, unknown), row(4, unknown), row(5, Progress::Sending)];
        let progress: Vec<_> =
            unknown_since_before(now, &before).into_iter().map(|row| row.progress).collect();
        assert_eq!(progress, [unknown, Progress::Sending, Progress::Sending, Progress::Sending]);
    }

    #[test]
    fn a_row_that_was_refused_and_not_created_is_not_sent_again() {
        let refused = HashSet::from([RowId(1)]);
        let of = |row, verdict| settlement((RowId(row), verdict), &refused, false, false).map(|(_, it)| it);
        assert_eq!(of(1, Verdict::NotCreated), Some(Settlement::Refused));
        assert_eq!(of(2, Verdict::NotCreated), Some(Settlement::NotCreated));
        let created = || Verdict::Created { customer: CustomerId(7), interchangeable: false };
        let settled = Settlement::Created { customer: CustomerId(7), interchangeable: false };
        assert_eq!(of(1, created()), Some(settled), "the refusal was somebody else's");
        assert_eq!(of(1, Verdict::NotYet(Wait::Sending)), None);
    }

    #[test]
    fn no_row_is_uncertain_while_the_customers_that_it_may_have_made_stay_new() {
        let nobody = HashSet::new();
        let uncertain = || (RowId(1), Verdict::Uncertain(Undecidable::Acted));
        assert!(settlement(uncertain(), &nobody, true, true).is_some());
        assert_eq!(settlement(uncertain(), &nobody, true, false), None);
        let incomplete = || (RowId(1), Verdict::NotYet(Wait::Incomplete { missing: 1 }));
        assert!(settlement(incomplete(), &nobody, true, true).is_some());
        assert_eq!(settlement(incomplete(), &nobody, true, false), None);
        assert_eq!(settlement(incomplete(), &nobody, false, true), None);
        assert!(settlement((RowId(1), Verdict::NotCreated), &nobody, false, false).is_some());
    }
}
