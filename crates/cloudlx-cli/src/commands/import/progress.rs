//! Showing how far an import is: a bar on a terminal, a note now and then elsewhere.

use std::fmt;
use std::io::IsTerminal;
use std::time::Duration;

use cloudlx_import::journal::Counts;
use cloudlx_import::{Phase, Progress};
use cloudlx_validate::plain::Plain;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::output::Output;

/// How often a terminal is drawn on.
const ON_A_TERMINAL: Duration = Duration::from_millis(200);
/// How often a line is written elsewhere.
const ELSEWHERE: Duration = Duration::from_secs(10);

/// Shows `progress` on stderr until the import ends, and `waits`, which are said as they are.
pub(crate) async fn show(
    mut progress: watch::Receiver<Progress>,
    mut waits: mpsc::UnboundedReceiver<String>,
    output: Output,
) {
    let bar = std::io::stderr().is_terminal().then(bar);
    let mut ticks = interval(if bar.is_some() { ON_A_TERMINAL } else { ELSEWHERE });
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick comes at once, when there is nothing to say yet.
    ticks.tick().await;
    let started = Instant::now();
    let mut first_done = None;
    let mut phase = Phase::Starting;
    loop {
        let ended = tokio::select! {
            _ = ticks.tick() => false,
            Some(wait) = waits.recv() => {
                match &bar {
                    Some(bar) => bar.println(Plain(&wait).to_string()),
                    None => output.note(&wait),
                }
                continue;
            }
            changed = progress.changed() => match changed {
                Ok(()) if progress.borrow_and_update().phase != phase => false,
                Ok(()) => continue,
                Err(_) => true,
            },
        };
        let now = *progress.borrow();
        let already = *first_done.get_or_insert(now.counts.done());
        match &bar {
            _ if ended => break,
            Some(bar) => draw(bar, now),
            None if phase == now.phase
                || matches!(now.phase, Phase::Waiting { .. } | Phase::Holding { .. }) =>
            {
                output.note(&line(now, already, started.elapsed()));
            }
            None => {}
        }
        phase = now.phase;
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

fn bar() -> ProgressBar {
    let template = "{bar:30} {human_pos} of {human_len} rows  {rate}  {eta} left  {msg}";
    let bar = ProgressBar::new(0);
    // The template is a constant that has been seen to work; the default one says less.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("rate", |state: &ProgressState, to: &mut dyn fmt::Write| {
            // The bar has nobody to tell that it cannot be drawn.
            let _ = write!(to, "{:.1} rows/s", state.per_sec());
        }));
    }
    bar
}

fn draw(bar: &ProgressBar, now: Progress) {
    if bar.length() != Some(now.counts.rows()) {
        bar.set_length(now.counts.rows());
        // What earlier runs did says nothing of this one's speed.
        bar.set_position(now.counts.done());
        bar.reset_eta();
    }
    bar.set_position(now.counts.done());
    bar.set_message(describe(now));
}

/// Counts, and what is done at the moment where that is not sending.
fn describe(now: Progress) -> String {
    let Counts { created, settled, refused, uncertain, unknown, skipped, .. } = now.counts;
    let counts = [
        (created + settled, "created"),
        (refused, "refused"),
        (skipped, "left out"),
        (unknown, "unknown"),
        (uncertain, "uncertain"),
    ];
    let mut words: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    match now.phase {
        Phase::Waiting { time } => {
            words.push(format!("waiting {} until what is unknown can be settled", in_seconds(time)));
        }
        Phase::Holding { time, asked: true } => {
            words.push(format!("sending nothing for {}, as the API asked", in_seconds(time)));
        }
        Phase::Holding { time, asked: false } => {
            words.push(format!("sending nothing for {}, for nothing was processed", in_seconds(time)));
        }
        Phase::Listing => words.push("listing the customers".to_owned()),
        Phase::Others => words.push("waiting for rows that others are sending".to_owned()),
        Phase::Starting | Phase::Sending => {}
    }
    words.join(", ")
}

fn in_seconds(time: Duration) -> humantime::FormattedDuration {
    humantime::format_duration(Duration::from_secs(time.as_secs().max(1)))
}

/// A line that stands for itself.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an estimate for people"
)]
fn line(now: Progress, already: u64, elapsed: Duration) -> String {
    let (done, rows) = (now.counts.done(), now.counts.rows());
    let rate = (done - already.min(done)) as f64 / elapsed.as_secs_f64().max(0.001);
    let left = match now.phase {
        Phase::Sending if rate > 0.0 => {
            let left = Duration::from_secs(((rows - done) as f64 / rate) as u64 + 1);
            format!(" ({rate:.1} rows/s, about {} left)", humantime::format_duration(left))
        }
        _ => String::new(),
    };
    format!("{done} of {rows} rows{left}: {}", describe(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_is() {
        let counts = Counts { pending: 600, created: 397, settled: 1, refused: 2, ..Counts::default() };
        let now = Progress { counts, phase: Phase::Sending };
        assert_eq!(
            line(now, 100, Duration::from_secs(10)),
            "400 of 1000 rows (30.0 rows/s, about 21s left): 398 created, 2 refused"
        );
        let waiting = Progress { phase: Phase::Waiting { time: Duration::from_secs(90) }, ..now };
        assert_eq!(
            line(waiting, 100, Duration::from_secs(10)),
            "400 of 1000 rows: 398 created, 2 refused, waiting 1m 30s until what is unknown can be settled"
        );
        let holding = Phase::Holding { time: Duration::from_secs(30), asked: true };
        assert_eq!(
            line(Progress { phase: holding, ..now }, 100, Duration::from_secs(10)),
            "400 of 1000 rows: 398 created, 2 refused, sending nothing for 30s, as the API asked"
        );
    }
}
