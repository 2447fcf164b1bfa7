//! The command line as a whole: its commands, and what is wrong with how they were written.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use cloudlx_validate::plain::Plain;

use crate::commands::Command;
use crate::exit::CODES;
use crate::failure::{CommandError, Failure};
use crate::output::{Format, Output};

/// The CloudLX (today: Infiny) customers API: check requests, create customers, run a stub.
#[derive(Debug, Parser)]
#[command(name = "cloudlx", version, after_help = after_help())]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How to print, on stdout and stderr [default: each human on a terminal, else json]
    #[arg(long, global = true, value_enum, help_heading = "Output")]
    pub(crate) format: Option<Format>,
}

fn after_help() -> String {
    format!("`cloudlx COMMAND --help` lists the environment variables that a command reads.\n\n{CODES}")
}

/// The arguments cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct UsageError {
    message: String,
    /// How the command is used, and what was meant perhaps.
    advice: String,
}

impl CommandError for UsageError {
    fn advice(&self) -> Option<String> {
        Some(self.advice.clone())
    }
}

/// Reads the command line. Ends the program when that is help, or wrong.
///
/// clap explains what is wrong, and shows arguments as they are: it reads them a second time, made plain.
pub(crate) fn parse() -> Arguments {
    let written: Vec<_> = std::env::args_os().collect();
    Arguments::try_parse_from(&written).unwrap_or_else(|error| {
        let plain = written.iter().map(|argument| Plain(&argument.to_string_lossy()).to_string());
        // Only bytes that are no text can be wrong as they are and right when they are made plain.
        let error = Arguments::try_parse_from(plain).err().unwrap_or(error);
        let output = Output::new(asked_format(&written));
        if error.exit_code() == 0 || output.stderr_gets_lines() {
            error.exit();
        }
        output.tell(&Failure::from(usage_error(&error)));
        std::process::exit(error.exit_code())
    })
}

/// The whole command line, for completions.
pub(crate) fn program() -> clap::Command {
    Arguments::command()
}

/// The form that was asked for in a command line that cannot be read otherwise.
fn asked_format(written: &[OsString]) -> Option<Format> {
    let texts: Vec<_> = written.iter().map(|argument| argument.to_string_lossy()).collect();
    let after = texts.iter().zip(texts.iter().skip(1)).find(|(name, _)| *name == "--format");
    let joined = texts.iter().find_map(|text| text.strip_prefix("--format="));
    let value = joined.or(after.map(|(_, value)| &**value))?;
    clap::ValueEnum::from_str(value, false).ok()
}

/// clap's explanation without its decoration: the message, and the paragraphs after it as advice.
fn usage_error(error: &clap::Error) -> UsageError {
    const HELP: &str = "`--help` says more";
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand
    ) {
        let message = "expected a command, found none".to_owned();
        return UsageError { message, advice: "`--help` lists the commands".to_owned() };
    }
    let text = error.to_string();
    let mut paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    let message = paragraphs.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message).to_owned();
    let more = paragraphs.filter(|paragraph| !paragraph.starts_with("For more information"));
    let advice = more.chain([HELP]).collect::<Vec<_>>().join("; ");
    UsageError { message, advice }
}
