//! Checks the table at the top of the crate against the functions that it describes.

use std::time::Duration;

use reqwest::StatusCode;

use super::{Operation, Outcome, Progress, Retry, judge};
use crate::proof::said_by::{self, SaidBy};
use crate::response::head::ResponseHead;
use crate::response::retry_after::RetryAfter;

/// A row of the table that begins with a status.
struct Row {
    statuses: Vec<u16>,
    what_came: &'static str,
    create_is: &'static str,
    sending_again: &'static str,
    why: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("../../lib.rs").lines().filter_map(|line| line.strip_prefix("//! | "));
    lines
        .filter_map(|line| {
            let cells: Vec<_> = line.trim_end_matches(" |").split(" | ").collect();
            let &[what_came, create_is, _, sending_again, why] = &cells[..] else { return None };
            let words = what_came.split(' ').map(|word| word.trim_end_matches(','));
            let statuses: Vec<_> = words.map_while(|word| word.parse().ok()).collect();
            (!statuses.is_empty()).then_some(Row { statuses, what_came, create_is, sending_again, why })
        })
        .collect()
}

impl Row {
    fn said_by(&self) -> SaidBy {
        let says = |words| self.what_came.contains(words);
        match () {
            () if says("by the API") => SaidBy::Api,
            () if says("by a rule") => SaidBy::Rule,
            () if says("by anybody") || self.statuses == [408] => SaidBy::Anybody,
            () => SaidBy::BeforeApplication,
        }
    }
}

#[test]
fn each_row_says_what_the_verdict_is_and_why() {
    let rows = rows();
    assert!(rows.len() >= 13, "{}", rows.len());
    for row in &rows {
        for &status in &row.statuses {
            let after = RetryAfter::Delay(Duration::from_secs(1));
            let retry_after = Some(after).filter(|_| matches!(status, 429 | 503));
            let status = StatusCode::from_u16(status).unwrap();
            let progress = Progress::Answered { status, retry_after, said_by: row.said_by() };
            let (create_is, sending_again) = match judge(Operation::Create, progress) {
                Outcome::Unknown => ("unknown", "look first"),
                Outcome::NotDone(Retry::CanHelp { .. }) => ("not created", "can help"),
                Outcome::NotDone(Retry::Useless) => ("not created", "useless"),
            };
            assert_eq!(row.create_is, create_is, "{}", row.what_came);
            assert!(row.sending_again.starts_with(sending_again), "{}", row.what_came);
            assert!(row.why.ends_with("(inferred)"), "{}", row.what_came);
        }
    }
}

#[test]
fn each_status_that_is_said_before_any_application_has_a_row() {
    let rows = rows();
    let documented = |status| {
        let mut rows = rows.iter().filter(|row| row.said_by() == SaidBy::BeforeApplication);
        rows.any(|row| row.statuses.contains(&status))
    };
    for status in 400..600 {
        let is_before =
            said_by::refused_by(status, &ResponseHead::default(), b"", true) == SaidBy::BeforeApplication;
        // A 403 counts only with a challenge for a token.
        assert_eq!(documented(status), is_before || status == 403, "{status}");
    }
}
