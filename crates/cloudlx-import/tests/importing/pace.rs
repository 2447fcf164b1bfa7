//! When rows are sent, and when none is any more: holds, a rate, rows that are never processed, and the end of a run.

use std::sync::Arc;
use std::time::Duration;

use cloudlx_client::{Client, Credentials};
use cloudlx_import::{Options, Phase, Progress, Stop, import, progress};
use tokio::time::timeout;

use crate::support::{Api, Fault, Storage, in_order, options, slowly};

async fn a_row_that_is_never_processed_keeps_no_other_waiting<S: Storage>() {
    let api = Api::start(|create, _| if create.name == "A" { Fault::Status(429) } else { Fault::None }).await;
    let Some(folder) = S::with_names(&["A", "B", "C"]).await else { return };
    let summary = folder.run(&api.client()).await;
    assert!(summary.ended_early.unwrap().again);
    assert_eq!((summary.counts.created, summary.counts.pending), (2, 1));
    assert_eq!(api.sends("A"), 5, "once a round");
}

async fn an_api_that_processes_nothing_ends_the_run_and_not_the_import<S: Storage>() {
    let api = Api::start(|_, nth| if nth < 2 { Fault::LostBefore } else { Fault::None }).await;
    let names: Vec<_> = (0..20).map(|number| format!("Customer {number}")).collect();
    let Some(folder) = S::with_names(&names.iter().map(String::as_str).collect::<Vec<_>>()).await else {
        return;
    };
    let summary = folder.run(&api.client()).await;
    assert!(summary.ended_early.unwrap().again);
    assert!(summary.counts.pending > 0 && summary.counts.unknown == 0, "{:?}", summary.counts);
    for _ in 0..20 {
        if folder.run(&api.client()).await.ended_early.is_none() {
            break;
        }
    }
    assert_eq!(api.names().len(), 20);
}

async fn being_told_to_stop_ends_what_is_under_way<S: Storage>() {
    let api = Api::start(|_, _| Fault::None).await;
    let Some(folder) = S::with_names(&["A", "B", "C", "D"]).await else { return };
    let journal = folder.loaded().await;
    let (tell, stop) = Stop::new();
    let (shown, mut progress) = progress();
    let teller = tokio::spawn(async move {
        progress.wait_for(|progress| progress.counts.created > 0).await.unwrap();
        tell.send(true).unwrap();
        tell
    });
    // A turn an hour, so that it is told while it waits for the second.
    let summary = import(&api.client(), &journal, slowly(), stop, shown).await.unwrap();
    assert_eq!((summary.counts.created, summary.counts.pending), (1, 3));
    assert_eq!(summary.ended_early.unwrap().reason, "it was told to stop");
    drop((teller.await.unwrap(), journal));
    assert_eq!(folder.run(&api.client()).await.counts.created, 4);
}

async fn being_told_to_stop_while_it_waits_keeps_what_is_unknown<S: Storage>() {
    let api = Api::start(|_, _| Fault::LostAfter).await;
    let Some(folder) = S::with_names(&["A"]).await else { return };
    let journal = folder.loaded().await;
    let (tell, stop) = Stop::new();
    let (shown, mut progress) = progress();
    let teller = tokio::spawn(async move {
        progress.wait_for(|progress| matches!(progress.phase, Phase::Waiting { .. })).await.unwrap();
        tell.send(true).unwrap();
        tell
    });
    let options = Options { settle_time: Duration::from_hours(1), ..options() };
    let summary = import(&api.client(), &journal, options, stop, shown).await.unwrap();
    assert_eq!((summary.counts.unknown, api.lists()), (1, 1));
    drop((teller.await.unwrap(), journal));
    assert_eq!(folder.run(&api.client()).await.counts.settled, 1);
}

async fn a_run_that_is_dropped_loses_nothing<S: Storage>() {
    let api = Api::start(|create, nth| match (create.name.as_str(), nth) {
        ("B", 0) => Fault::Hangs,
        _ => Fault::None,
    })
    .await;
    let Some(folder) = S::with_names(&["A", "B", "C"]).await else { return };
    let journal = folder.loaded().await;
    let (_tell, stop) = Stop::new();
    let (shown, mut progress) = progress();
    let client = api.client();
    tokio::select! {
        // A is to be answered before B, which hangs, is sent; and C is not to be claimed beside it.
        _ = import(&client, &journal, in_order(), stop, shown) => panic!("B hangs"),
        () = async {
            api.hangs().await;
            progress.wait_for(|progress| progress.counts.created == 1).await.unwrap();
        } => {}
    }
    // What it had begun ends when the runtime gets to it.
    while Arc::strong_count(&journal) > 1 {
        tokio::task::yield_now().await;
    }
    drop(journal);
    folder.lapse_leases().await;
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.created, summary.ended_early), (3, None));
    assert_eq!(api.names(), ["A", "B", "C"]);
}

async fn nothing_is_sent_while_the_api_asks_to_be_left_alone<S: Storage>() {
    // The next row was claimed when the answer came, and waits for its place on the wire.
    let api = Api::start(|_, nth| if nth == 0 { Fault::Later(200) } else { Fault::None }).await;
    let Some(folder) = S::with_names(&["A", "B", "C"]).await else { return };
    let journal = folder.loaded().await;
    let (tell, stop) = Stop::new();
    let (tell_progress, mut shown) = progress();
    let client = api.client();
    let importing = import(&client, &journal, options(), stop, tell_progress);
    let told = async {
        let is_left_alone = |progress: &Progress| {
            matches!(progress.phase, Phase::Holding { time, asked: true } if time.as_secs() == 200)
                && (progress.counts.pending, progress.counts.sending) == (3, 0)
        };
        shown.wait_for(is_left_alone).await.unwrap();
        tell.send_replace(true);
    };
    let (summary, ()) = tokio::join!(importing, told);
    assert_eq!(summary.unwrap().counts.pending, 3);
    assert_eq!(["A", "B", "C"].map(|name| api.sends(name)).iter().sum::<usize>(), 1);
}

async fn who_waits_in_a_hold_is_told_that_the_round_is_over<S: Storage>() {
    let api = Api::start(|create, _| match create.name.as_str() {
        "A" => Fault::HeldLater(200, 1),
        _ => Fault::HeldLater(3600, 2),
    })
    .await;
    let Some(folder) = S::with_names(&["A", "B"]).await else { return };
    let journal = folder.loaded().await;
    let (_tell, stop) = Stop::new();
    let (tell_progress, mut shown) = progress();
    let (client, options) = (api.client(), Options { concurrency: 2, ..options() });
    let importing = import(&client, &journal, options, stop, tell_progress);
    let told = async {
        let is_held = |progress: &Progress| {
            matches!(progress.phase, Phase::Holding { asked: true, .. }) && progress.counts.sending == 1
        };
        api.hang(2).await;
        api.let_go();
        shown.wait_for(is_held).await.unwrap();
        api.let_go();
    };
    // The second answer asks for more than a run waits, which ends it, and what the first asked for counts no more.
    let ended = timeout(Duration::from_secs(100), async { tokio::join!(importing, told).0 });
    let summary = ended.await.expect("it ends before the hold does").unwrap();
    assert!(summary.ended_early.unwrap().again);
    assert_eq!(summary.counts.pending, 2);
}

async fn a_row_that_was_held_back_is_sent_later<S: Storage>() {
    let api = Api::start(|_, nth| if nth == 0 { Fault::Later(1) } else { Fault::None }).await;
    let Some(folder) = S::with_names(&["A", "B"]).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.created, summary.ended_early), (2, None));
    assert_eq!(api.names(), ["A", "B"]);
}

async fn a_rate_holds_for_what_is_sent_again_too<S: Storage>() {
    let api = Api::start(|_, _| Fault::Status(429)).await;
    let Some(folder) = S::with_names(&["A", "B"]).await else { return };
    let journal = folder.loaded().await;
    // It would try three times at once.
    let client = Client::builder(api.base_url(), Credentials::access_token("a-token"))
        .retry_delays(Duration::ZERO, Duration::ZERO)
        .build()
        .unwrap();
    let (tell, stop) = Stop::new();
    let (tell_progress, mut shown) = progress();
    let importing = import(&client, &journal, slowly(), stop, tell_progress);
    let told = async {
        shown.wait_for(|progress| progress.counts.sending == 1).await.unwrap();
        shown.wait_for(|progress| progress.counts.sending == 0).await.unwrap();
        tell.send_replace(true);
    };
    let (summary, ()) = tokio::join!(importing, told);
    assert_eq!(summary.unwrap().counts.pending, 2);
    assert_eq!((api.sends("A"), api.sends("B")), (1, 0));
}

of_each_journal! {
    nothing_is_sent_while_the_api_asks_to_be_left_alone
    who_waits_in_a_hold_is_told_that_the_round_is_over
    a_row_that_was_held_back_is_sent_later
    a_rate_holds_for_what_is_sent_again_too
    a_row_that_is_never_processed_keeps_no_other_waiting
    an_api_that_processes_nothing_ends_the_run_and_not_the_import
    being_told_to_stop_ends_what_is_under_way
    being_told_to_stop_while_it_waits_keeps_what_is_unknown
    a_run_that_is_dropped_loses_nothing
}
