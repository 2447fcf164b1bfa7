//! `cloudlx drift`.

use std::fs;
use std::path::Path;

use cloudlx_drift::{CallReport, Contract, Report, Sample, Verdict, Why, observe};

use crate::arguments::Server;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::{credentials, output};

/// Checks a live API against the contract, and keeps samples of what it answers in the folder `record`.
pub(crate) async fn run(
    customers: usize,
    record: Option<&Path>,
    server: &Server,
    format: Format,
) -> Result<Exit, Failure> {
    let contract = Contract::current()?;
    let connection = Connection::open(server, format).await?;
    let observations = observe(&connection.client, customers).await;
    connection.close().await;
    let report = contract.report(&observations);
    match format {
        Format::Json => output::json(&report)?,
        Format::Human => {
            show(&report)?;
            let is_refused = report.calls.iter().any(|call| call.status == Some(401));
            if let Some(token_first) = credentials::token_first().filter(|_| is_refused) {
                output::note(&format!("note: {}", token_first.advice()));
            }
        }
    }
    if let Some(folder) = record {
        let samples = contract.samples(&observations);
        write(folder, &samples)?;
        output::note(&format!("recorded {} samples in {}", samples.len(), folder.display()));
    }
    Ok(exit(&report))
}

fn exit(report: &Report) -> Exit {
    let kept_by =
        |why| report.calls.iter().filter_map(|call| call.not_checked.as_ref()).any(|it| it.why == why);
    match report.verdict {
        Some(Verdict::Drifted) => Exit::Invalid,
        _ if kept_by(Why::Refused) => Exit::Refused,
        _ if kept_by(Why::TryAgain) => Exit::NotProcessed,
        _ => Exit::Done,
    }
}

fn write(folder: &Path, samples: &[(String, Sample)]) -> Result<(), Failure> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| Failure::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, sample) in samples {
        let path = folder.join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(sample).map_err(|error| failed(&path)(error.into()))?;
        fs::write(&path, text + "\n").map_err(failed(&path))?;
    }
    Ok(())
}

/// Prints the calls with what was found in each, what to add to the contract, and the verdict.
fn show(report: &Report) -> Result<(), Failure> {
    for call in &report.calls {
        output::line(&head(call))?;
        for finding in &call.findings {
            output::line(&format!("    {finding}"))?;
        }
    }
    let mut last = None;
    for addition in &report.additions {
        if last.replace(&addition.to) != Some(&addition.to) {
            let to = addition.to.as_deref().unwrap_or("the contract");
            output::line("")?;
            output::line(&format!("to add to {to}:"))?;
        }
        output::line(&format!("    {addition}"))?;
    }
    output::line("")?;
    output::line(&summary(report))
}

fn head(call: &CallReport) -> String {
    let verdict = call.verdict.map_or("not checked".to_owned(), |verdict| verdict.to_string());
    let head = format!("{verdict:<11}  {:<4} {}", call.method, call.path);
    match &call.not_checked {
        Some(not_checked) => format!("{head}: {}", not_checked.message),
        None if call.verdict == Some(Verdict::Drifted) && call.readable == Some(true) => {
            format!("{head} (this client reads it all the same)")
        }
        None => head,
    }
}

fn summary(report: &Report) -> String {
    let verdict = match report.verdict {
        None => return "no answer could be compared with the contract".to_owned(),
        Some(Verdict::Same) => "the API answers as the contract says",
        Some(Verdict::Additive) => {
            "the API answers as the contract says, with new fields, which readers ignore: add them"
        }
        Some(Verdict::Drifted) if report.client_copes() => {
            "the API has drifted from the contract: this client reads it all the same, other readers may fail"
        }
        Some(Verdict::Drifted) => "the API has drifted from the contract: readers may fail",
    };
    match report.calls.iter().filter(|call| call.not_checked.is_some()).count() {
        0 => verdict.to_owned(),
        1 => format!("{verdict}; 1 call was not checked"),
        calls => format!("{verdict}; {calls} calls were not checked"),
    }
}
