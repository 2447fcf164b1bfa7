//! Imports against APIs that lose answers, refuse, lie, and are shared with others, with each kind of journal.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

#[macro_use]
#[path = "../support/mod.rs"]
mod support;

mod lists;
mod pace;

use cloudlx_client::{Client, Credentials};
use cloudlx_import::journal::{JournalError, State};
use cloudlx_import::{Options, Stop, import, progress};
use cloudlx_model::CreateCustomer;
use cloudlx_server_stub::Stub;
use cloudlx_server_stub::faults::{Before, CannedAnswer, RequestFault, RetryAfter, Schedule};

use self::support::{Api, Fault, Storage, in_order, options};

/// Each row's outcome.
async fn states(folder: &impl Storage) -> Vec<State> {
    folder.outcomes().await.into_iter().map(|row| row.outcome).collect()
}

async fn reason(folder: &impl Storage, row: usize) -> String {
    folder.outcomes().await[row].reason.clone().unwrap_or_default()
}

async fn against_the_stub_each_row_becomes_its_customer<S: Storage>() {
    let stub = Stub::start().await.unwrap();
    let credentials = Credentials::client(stub.client_id(), stub.client_secret().clone());
    let client = Client::builder(stub.base_url(), credentials).no_retries().build().unwrap();
    let names: Vec<_> = (0..200).map(|number| format!("Customer {number}")).collect();
    let Some(folder) = S::with_names(&names.iter().map(String::as_str).collect::<Vec<_>>()).await else {
        return;
    };

    let (_tell, stop) = Stop::new();
    let options = Options { concurrency: 8, ..Options::default() };
    let (tell, shown) = progress();
    let journal = folder.loaded().await;
    let summary = import(&client, &journal, options, stop, tell).await.unwrap();
    assert_eq!((summary.counts.created, summary.ended_early), (200, None));
    assert_eq!(shown.borrow().counts, summary.counts);
    drop(journal);

    let mut made: Vec<_> = stub.customers().into_iter().map(|it| (it.id, it.name)).collect();
    let mut bound: Vec<_> = folder
        .outcomes()
        .await
        .into_iter()
        .zip(names)
        .map(|(it, name)| (it.customer_id.unwrap(), name))
        .collect();
    made.sort_unstable();
    bound.sort_unstable();
    assert_eq!(bound, made);

    // Again: nothing is left to do, and nothing is asked.
    let requests = stub.requests_total();
    assert_eq!(folder.run(&client).await.counts.created, 200);
    assert_eq!(stub.requests_total(), requests);
}

async fn lost_answers_are_settled_by_the_list<S: Storage>() {
    let api = Api::start(|create, nth| match (create.name.as_str(), nth) {
        ("B", 0) => Fault::LostAfter,
        ("C", 0 | 1) => Fault::LostBefore,
        ("D", 0) => Fault::Unreadable,
        _ => Fault::None,
    })
    .await;
    let Some(folder) = S::with_names(&["A", "B", "C", "D"]).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!(summary.ended_early, None);
    assert_eq!(api.names(), ["A", "B", "C", "D"]);
    assert_eq!(states(&folder).await, [State::Created, State::Settled, State::Created, State::Settled]);
    assert_eq!((api.sends("B"), api.sends("C"), api.sends("D")), (1, 3, 1));
}

async fn what_cannot_be_told_is_never_sent_again<S: Storage>() {
    let api = Api::start(|create, _| match create.name.as_str() {
        "Others" => Fault::LostAmongOthers,
        "Lie" => Fault::UnreadableLie,
        "Loud" => Fault::ShoutedLost,
        _ => Fault::None,
    })
    .await;
    let Some(folder) = S::with_names(&["Others", "Lie", "Loud", "Plain"]).await else { return };
    for _ in 0..2 {
        let summary = folder.run(&api.client()).await;
        assert_eq!((summary.counts.uncertain, summary.counts.created, summary.ended_early), (3, 1, None));
    }
    assert_eq!(states(&folder).await, [State::Uncertain, State::Uncertain, State::Uncertain, State::Created]);
    assert!(reason(&folder, 0).await.starts_with("2 new customers fit where 1 may have been made"));
    assert!(reason(&folder, 1).await.starts_with("the server answered with a success"));
    assert!(reason(&folder, 2).await.contains("the server may have made it of the row"));
    assert_eq!((api.sends("Others"), api.sends("Lie"), api.sends("Loud")), (1, 1, 1));
}

async fn a_customer_that_is_answered_twice_is_one_row_s<S: Storage>() {
    let api = Api::start(|create, _| match create.name.as_str() {
        "Made" => Fault::Twice,
        "Lie" => Fault::TwiceLie,
        _ => Fault::None,
    })
    .await;
    let Some(folder) = S::with_names(&["A", "Made", "Lie", "Z"]).await else { return };
    for _ in 0..2 {
        // The first row is to be the first customer.
        let summary = folder.run_with(&api.client(), in_order()).await;
        assert_eq!((summary.counts.done(), summary.ended_early), (4, None));
    }
    assert_eq!(states(&folder).await, [State::Created, State::Settled, State::Uncertain, State::Created]);
    let rows = folder.outcomes().await;
    assert_eq!(rows[0].customer_id.unwrap().0, 100);
    assert_eq!(rows[1].customer_id.unwrap().0, 101, "the one that it really became");
    let why = reason(&folder, 2).await;
    assert!(why.starts_with("the server answered with a success"), "{why}");
    assert!(why.contains("customer 100, which row 1 had become already"), "{why}");
    assert_eq!(["A", "Made", "Lie", "Z"].map(|name| api.sends(name)), [1; 4]);
}

async fn all_answers_with_one_customer_end_with_its_explanation<S: Storage>() {
    let api = Api::start(|_, _| Fault::TwiceLie).await;
    let names: Vec<_> = (0..20).map(|number| format!("Customer {number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let Some(folder) = S::with_names(&names).await else { return };
    let summary = folder.run(&api.client()).await;
    // The first looks right.
    assert_eq!((summary.counts.created, summary.counts.pending + summary.counts.uncertain), (1, 19));
    assert_eq!(names.iter().filter(|name| api.sends(name) > 1).count(), 0, "none is sent again");
}

async fn a_server_that_changes_what_it_is_sent_proves_nothing<S: Storage>() {
    let api = Api::start(|create, _| match create.name.as_str() {
        "Loud" => Fault::Shouted,
        _ => Fault::LostBefore,
    })
    .await;
    let Some(folder) = S::with_names(&["Loud", "Lost"]).await else { return };
    folder.run(&api.client()).await;
    assert_eq!(states(&folder).await, [State::Created, State::Uncertain]);
    assert!(reason(&folder, 1).await.contains("other content than was sent"));
}

async fn a_list_that_lacks_known_customers_proves_nothing<S: Storage>() {
    let fault = |create: &cloudlx_model::CreateCustomer, nth| match (create.name.as_str(), nth) {
        ("Lost", 0) => Fault::LostBefore,
        _ => Fault::None,
    };
    // The first row is not in any list: there may be pages.
    let api = Api::with_list(fault, |_, mut customers| {
        customers.retain(|customer| customer.name != "A");
        Some(customers)
    })
    .await;
    let Some(folder) = S::with_names(&["A", "Lost"]).await else { return };
    folder.run(&api.client()).await;
    assert_eq!(states(&folder).await, [State::Created, State::Uncertain]);
    assert!(reason(&folder, 1).await.starts_with("the list lacks 1 customers"));

    // It is late once, which is waited for.
    let api = Api::with_list(fault, |nth, mut customers| {
        customers.retain(|customer| nth > 1 || customer.name != "A");
        Some(customers)
    })
    .await;
    let Some(folder) = S::with_names(&["A", "Lost"]).await else { return };
    folder.run(&api.client()).await;
    assert_eq!(states(&folder).await, [State::Created, State::Created]);
}

async fn what_a_list_that_lacks_customers_shows_counts_for_the_next_one<S: Storage>() {
    let fault = |create: &CreateCustomer, nth| match (create.name.as_str(), nth) {
        ("Loud", 0) => Fault::ShoutedLost,
        _ => Fault::None,
    };
    // The list that lacks the first row's customer shows what the server made of the second row, and so does the next.
    let api = Api::with_list(fault, |nth, mut customers| {
        customers.retain(|customer| nth != 1 || customer.name != "A");
        Some(customers)
    })
    .await;
    let Some(folder) = S::with_names(&["A", "Loud"]).await else { return };
    folder.run(&api.client()).await;
    assert_eq!(states(&folder).await, [State::Created, State::Uncertain]);
    assert!(reason(&folder, 1).await.contains("the server may have made it of the row"));
    assert_eq!((api.sends("Loud"), api.lists()), (1, 3));
}

async fn a_list_that_cannot_be_had_decides_nothing<S: Storage>() {
    let api = Api::with_list(
        |create, _| if create.name == "Lost" { Fault::LostAfter } else { Fault::None },
        |nth, customers| (nth != 1).then_some(customers),
    )
    .await;
    let Some(folder) = S::with_names(&["A", "Lost"]).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.unknown, summary.counts.uncertain), (1, 0));
    assert!(summary.ended_early.unwrap().reason.starts_with("the customers could not be listed"));

    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.settled, summary.ended_early), (1, None));
    assert_eq!(api.names(), ["A", "Lost"]);

    // Without a list from before, nothing is sent.
    let api = Api::with_list(|_, _| Fault::None, |_, _| None).await;
    let Some(folder) = S::with_names(&["A"]).await else { return };
    let summary = folder.run(&api.client()).await;
    assert!(!summary.ended_early.unwrap().again, "403 says the same again");
    assert_eq!((summary.counts.pending, api.names().len()), (1, 0));
}

async fn customers_from_before_are_nobodys<S: Storage>() {
    let api = Api::start(|_, nth| if nth == 0 { Fault::LostBefore } else { Fault::None }).await;
    let Some(folder) = S::with_names(&["Acme"]).await else { return };
    let request = serde_json::from_slice(&std::fs::read(&folder.input().path).unwrap()).unwrap();
    let before = api.make(&request);
    folder.run(&api.client()).await;
    let outcome = folder.outcomes().await.remove(0);
    assert_eq!(outcome.outcome, State::Created);
    assert_ne!(outcome.customer_id, Some(before));
    assert_eq!(api.names(), ["Acme", "Acme"]);
}

async fn equal_rows_become_as_many_customers<S: Storage>() {
    let api = Api::start(|_, nth| match nth {
        0 | 2 => Fault::LostAfter,
        1 => Fault::LostBefore,
        _ => Fault::None,
    })
    .await;
    let Some(folder) = S::with_names(&["Twin", "Twin", "Twin", "Twin"]).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.created + summary.counts.settled, summary.ended_early), (4, None));
    assert_eq!((api.names().len(), api.sends("Twin")), (4, 5));
}

async fn refusals_are_of_one_row_or_of_all<S: Storage>() {
    let api = Api::start(|create, _| if create.name == "B" { Fault::Status(422) } else { Fault::None }).await;
    let Some(folder) = S::with_names(&["A", "B", "C"]).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.created, summary.counts.refused, summary.ended_early), (2, 1, None));
    assert!(reason(&folder, 1).await.contains("422"));

    let names = ["A", "B", "C", "D", "E", "F"];
    for status in [401, 403, 404] {
        let api = Api::start(move |_, _| Fault::Status(status)).await;
        let Some(folder) = S::with_names(&names).await else { return };
        let summary = folder.run(&api.client()).await;
        let ended = summary.ended_early.unwrap();
        assert!(!ended.again && ended.reason.contains(&status.to_string()), "{ended:?}");
        assert_eq!((summary.counts.refused, summary.counts.pending), (0, 6), "no row is at fault");

        let api = Api::start(move |_, nth| if nth == 0 { Fault::Status(status) } else { Fault::None }).await;
        let Some(folder) = S::with_names(&names).await else { return };
        assert_eq!(folder.run(&api.client()).await.counts.created, 6, "it was a passing one");
    }
}

async fn what_somebody_in_between_says_makes_no_second_customer<S: Storage>() {
    let faults = [400, 401, 403, 404, 409, 422, 429, 500, 503].map(Fault::PageAfter);
    for fault in faults.into_iter().chain([Fault::GatewayAfter]) {
        let api = Api::start(move |create, _| if create.name == "B" { Fault::None } else { fault }).await;
        let Some(folder) = S::with_names(&["A", "B", "C"]).await else { return };
        for _ in 0..2 {
            let summary = folder.run(&api.client()).await;
            assert_eq!((summary.counts.settled, summary.counts.created), (2, 1), "{fault:?}");
        }
        assert_eq!(api.names(), ["A", "B", "C"], "{fault:?}");
        assert_eq!((api.sends("A"), api.sends("C")), (1, 1), "{fault:?}");
    }
}

async fn a_refusal_that_proves_nothing_is_one_once_the_list_proves_it<S: Storage>() {
    for status in [400, 403, 404, 409, 422, 451] {
        let script = move |create: &CreateCustomer, _| match create.name.as_str() {
            "B" => Fault::Page(status),
            _ => Fault::None,
        };
        let api = Api::start(script).await;
        let Some(folder) = S::with_names(&["A", "B", "C"]).await else { return };
        let summary = folder.run(&api.client()).await;
        assert_eq!((summary.counts.created, summary.counts.refused, summary.ended_early), (2, 1, None));
        assert!(reason(&folder, 1).await.contains(&status.to_string()));
        assert_eq!((api.sends("B"), api.lists()), (2, 4), "twice sent, with a list before and after");

        let api = Api::start(move |_, nth| if nth == 0 { Fault::Page(status) } else { Fault::None }).await;
        let Some(folder) = S::with_names(&["A", "B"]).await else { return };
        assert_eq!(folder.run(&api.client()).await.counts.created, 2, "it was a passing one");
    }
}

async fn many_rows_refused_in_an_unknown_form_are_settled_together<S: Storage>() {
    let names: Vec<_> = (0..50).map(|number| format!("Customer {number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let api = Api::start(|_, _| Fault::Page(422)).await;
    let Some(folder) = S::with_names(&names).await else { return };
    let summary = folder.run(&api.client()).await;
    assert_eq!((summary.counts.refused, summary.ended_early), (50, None));
    assert_eq!((api.lists(), api.names().len()), (4, 0), "as many as for one row");
}

async fn another_account_is_refused_before_anything_is_asked<S: Storage>() {
    let stub =
        Stub::builder().client("ours", "0ur-s3cret").client("theirs", "th3ir-s3cret").start().await.unwrap();
    let client = |id: &str, secret: &str| {
        Client::builder(stub.base_url(), Credentials::client(id, secret)).no_retries().build().unwrap()
    };
    let Some(folder) = S::with_names(&["A"]).await else { return };
    let run = async |client: &Client| {
        let (_tell, stop) = Stop::new();
        import(client, &folder.loaded().await, options(), stop, progress().0).await
    };
    let mistyped = run(&client("0urs", "0ur-s3cret")).await.unwrap();
    assert!(mistyped.ended_early.is_some(), "it binds nothing: {mistyped:?}");
    let later = CannedAnswer::too_many_requests(RetryAfter::Seconds(3600));
    let later = RequestFault::on::<CreateCustomer>(Before::Answer(later));
    stub.faults().arm(Schedule::default().and_request(later)).unwrap();
    let ours = client("ours", "0ur-s3cret");
    assert_eq!(run(&ours).await.unwrap().counts.pending, 1);
    let asked = stub.requests().len();
    let refused = run(&client("theirs", "th3ir-s3cret")).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherAccount), "{refused}");
    assert!(!refused.to_string().contains("ours"), "{refused}");
    assert_eq!(stub.requests().len(), asked);
    stub.faults().arm(Schedule::default()).unwrap();
    assert_eq!(run(&ours).await.unwrap().counts.created, 1);

    // What is done was done there: nobody is told that it was done here.
    let refused = run(&client("theirs", "th3ir-s3cret")).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherAccount), "{refused}");
    let elsewhere = Stub::start().await.unwrap();
    let elsewhere = Client::builder(elsewhere.base_url(), Credentials::client("ours", "0ur-s3cret"));
    let refused = run(&elsewhere.build().unwrap()).await.unwrap_err();
    assert!(matches!(refused, JournalError::OtherApi { .. }), "{refused}");
}

of_each_journal! {
    another_account_is_refused_before_anything_is_asked
    against_the_stub_each_row_becomes_its_customer
    lost_answers_are_settled_by_the_list
    what_cannot_be_told_is_never_sent_again
    a_customer_that_is_answered_twice_is_one_row_s
    all_answers_with_one_customer_end_with_its_explanation
    a_server_that_changes_what_it_is_sent_proves_nothing
    a_list_that_lacks_known_customers_proves_nothing
    what_a_list_that_lacks_customers_shows_counts_for_the_next_one
    a_list_that_cannot_be_had_decides_nothing
    customers_from_before_are_nobodys
    equal_rows_become_as_many_customers
    refusals_are_of_one_row_or_of_all
    what_somebody_in_between_says_makes_no_second_customer
    a_refusal_that_proves_nothing_is_one_once_the_list_proves_it
    many_rows_refused_in_an_unknown_form_are_settled_together
}
