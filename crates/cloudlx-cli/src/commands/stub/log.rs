//! A line on stderr for each request, in the stub's own words: nothing that a caller wrote is in it.

use std::io::Write;
use std::time::Duration;

use clap::ValueEnum;
use cloudlx_server_stub::Served;
use cloudlx_validate::Rule;
use serde::Serialize;

/// How requests to the stub are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Log {
    /// Not
    Off,
    /// For people
    Human,
    /// For programs, as JSON
    Json,
}

/// A request, for programs. What is not known, or not there, is null.
#[derive(Serialize)]
struct Line<'a> {
    /// In UTC, as RFC 3339 writes it.
    time: String,
    method: Option<&'static str>,
    /// The endpoint's path, with its parameter's name.
    path: Option<&'static str>,
    status: Option<u16>,
    duration_ms: f64,
    rules: &'a [Rule],
}

/// What prints requests in this form; none when they are not printed.
pub(super) fn printer(log: Log) -> Option<fn(&Served)> {
    match log {
        Log::Off => None,
        Log::Human => Some(|served| print(human(served))),
        Log::Json => Some(|served| print(json(served))),
    }
}

fn print(mut line: String) {
    line.push('\n');
    // In one piece, so that lines of several tasks do not mix. What nobody can be told stays untold.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

fn human(served: &Served) -> String {
    let (method, path) = (served.method.unwrap_or("another method"), served.path.unwrap_or("another path"));
    let status = served.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let duration = format!("{:.3} ms", milliseconds(served.duration));
    let words = [&time(served), method, path, &status, &duration];
    words.into_iter().chain(served.rules.iter().map(|rule| rule.code())).collect::<Vec<_>>().join(" ")
}

fn json(served: &Served) -> String {
    let line = Line {
        time: time(served),
        method: served.method,
        path: served.path,
        status: served.status,
        duration_ms: milliseconds(served.duration),
        rules: &served.rules,
    };
    // Strings and numbers always print.
    serde_json::to_string(&line).unwrap_or_default()
}

fn time(served: &Served) -> String {
    humantime::format_rfc3339_millis(served.at).to_string()
}

/// With three decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_rounded_to_microseconds() {
        assert!((milliseconds(Duration::from_nanos(1_234_567)) - 1.235).abs() < 1e-9);
        assert!(milliseconds(Duration::ZERO).abs() < 1e-9);
    }
}
