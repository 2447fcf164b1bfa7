//! What looking a code up costs: the generated tables, and a perfect hash of the same codes, in one process, alternately.
//!
//! `cargo xtask bench codes` runs it and prints the table.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot run says so by panicking")]

mod sets;

use std::hint::black_box;

use cloudlx_validate::iso;
use phf::Set;
use xtask_measure::{Goal, Measure, Row};

fn main() {
    let measure = Measure::from_environment();
    let rows = [
        row(measure, "currency", |code| iso::currency(code).map(|it| it.code), &sets::CURRENCIES),
        row(measure, "country", |code| iso::country(code).map(|it| it.alpha_2), &sets::COUNTRIES),
    ];
    xtask_measure::print(&rows).unwrap();
}

/// A call looks every code up once, in an order that no branch predictor knows by heart.
fn row(
    measure: Measure,
    kind: &str,
    ours: impl Fn(&str) -> Option<&'static str>,
    reference: &'static Set<&'static str>,
) -> Row {
    let codes: Vec<&str> = reference.iter().copied().collect();
    let letters = codes.first().unwrap().len();
    let known: Vec<_> = words(letters).into_iter().filter(|word| ours(word).is_some()).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    assert_eq!(known, sorted, "the codes in sets.rs are not those of the table: write them anew");

    let ratios = measure.calls(
        || codes.iter().for_each(|code| _ = black_box(ours(black_box(code)))),
        || codes.iter().for_each(|code| _ = black_box(reference.get_key(black_box(code)).copied())),
    );
    let what = format!("looking a {kind} up by its code");
    Row::new("codes", &what, "phf with the same codes", &ratios, Goal::AtMost(0.8))
}

/// Every word of so many capital letters, in order.
fn words(letters: usize) -> Vec<String> {
    let longer = |words: Vec<String>| {
        words.iter().flat_map(|word| ('A'..='Z').map(move |letter| format!("{word}{letter}"))).collect()
    };
    (0..letters).fold(vec![String::new()], |words, _| longer(words))
}
