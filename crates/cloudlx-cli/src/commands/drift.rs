//! `cloudlx drift`.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Args;
use cloudlx_drift::{CallReport, Contract, ContractError, Report, Sample, Verdict, Why, observe};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::output::{Output, Print};
use crate::server::{Connection, Server};
use crate::{credentials, server};

pub(super) fn after_help() -> String {
    format!("{}\n\nExample:\n  cloudlx drift --format human --record samples", server::ENVIRONMENT)
}

#[derive(Debug, Args)]
pub(crate) struct Drift {
    /// How many customers to read the details of
    #[arg(long, value_name = "N", default_value_t = 3)]
    customers: usize,
    /// Keep a sample of each answer in this folder; names, e-mail addresses and secrets are masked
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    #[command(flatten)]
    server: Server,
}

/// Why an API was not checked, or its samples not kept.
#[derive(Debug, thiserror::Error)]
enum DriftError {
    #[error("could not make the contract to check against")]
    Contract(#[from] ContractError),
    #[error("could not write {}: check the folder and its permissions", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl CommandError for DriftError {}

impl Drift {
    /// Checks a live API against the contract, and keeps samples of its answers where that is asked for.
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        let contract = Contract::current().map_err(DriftError::from)?;
        let connection = Connection::open(&self.server, output).await?;
        let observations = observe(&connection.client, self.customers).await;
        connection.close().await;
        let report = contract.report(&observations);
        output.print(&Printed(&report))?;
        let is_refused = report.calls.iter().any(|call| call.status == Some(401));
        if let Some(token_first) = credentials::token_first()
            && is_refused
            && output.stdout_is_for_people()
        {
            output.note(&format!("note: {}", token_first.advice()));
        }
        if let Some(folder) = &self.record {
            let samples = contract.samples(&observations);
            write(folder, &samples)?;
            output.note(&format!("recorded {} samples in {}", samples.len(), folder.display()));
        }
        Ok(exit(&report))
    }
}

fn exit(report: &Report) -> Exit {
    let has = |why| report.calls.iter().filter_map(|call| call.not_checked.as_ref()).any(|it| it.why == why);
    match report.verdict {
        Some(Verdict::Drifted) => Exit::Invalid,
        _ if has(Why::Refused) => Exit::Refused,
        _ if has(Why::TryAgain) => Exit::NotProcessed,
        _ => Exit::Done,
    }
}

fn write(folder: &Path, samples: &[(String, Sample)]) -> Result<(), DriftError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| DriftError::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    for (name, sample) in samples {
        let path = folder.join(format!("{name}.json"));
        let text = serde_json::to_string_pretty(sample).map_err(|error| failed(&path)(error.into()))?;
        fs::write(&path, text + "\n").map_err(failed(&path))?;
    }
    Ok(())
}

struct Printed<'a>(&'a Report);

impl Print for Printed<'_> {
    fn json(&self) -> impl Serialize {
        self.0
    }

    /// The calls with what was found in each, what to add to the contract, and the verdict.
    fn human(&self) -> Vec<String> {
        let report = self.0;
        let mut lines = Vec::new();
        for call in &report.calls {
            lines.push(head(call));
            lines.extend(call.findings.iter().map(|finding| format!("    {finding}")));
        }
        let mut last = None;
        for addition in &report.additions {
            if last.replace(&addition.to) != Some(&addition.to) {
                let to = addition.to.as_deref().unwrap_or("the contract");
                lines.extend([String::new(), format!("to add to {to}:")]);
            }
            lines.push(format!("    {addition}"));
        }
        lines.extend([String::new(), summary(report)]);
        lines
    }
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
