//! `cargo xtask compat`: compares `schemas/v1` of the working tree with another revision's.
//!
//! Exit codes: 0 compatible, or no change · 1 the change breaks somebody · 2 wrong usage, or the two could not be compared.
#![forbid(unsafe_code)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fmt, io};

use clap::Parser;
use xtask_compat::{FOLDER, Format, Verdict};

/// Compare schemas/v1 with another revision's; exit 1 when the change breaks anybody, 2 when that cannot be told
#[derive(Parser)]
#[command(name = "cargo xtask compat", bin_name = "cargo xtask compat")]
struct Arguments {
    /// The revision to compare with [default: the newest release, else where the branch left main]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Compare nothing and report this error of the caller instead; given again, its causes
    #[arg(long, value_name = "WHY", hide = true)]
    refuse: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match compare(&arguments) {
        Ok(Verdict::Breaking) => ExitCode::FAILURE,
        Ok(Verdict::None | Verdict::Compatible) => ExitCode::SUCCESS,
        Err(error) => {
            match arguments.format {
                Format::Human => print_error(error.as_ref()),
                Format::Json => println!("{}", xtask_compat::error_as_json(error.as_ref())),
            }
            ExitCode::from(2)
        }
    }
}

fn compare(arguments: &Arguments) -> Result<Verdict, Box<dyn Error>> {
    if let Some(refused) = Refused::from_causes(&arguments.refuse) {
        return Err(refused.into());
    }
    Ok(xtask_compat::run(&root()?, arguments.base.as_deref(), arguments.format)?)
}

/// The folder that has the contract: the current one, or the nearest above it.
fn root() -> io::Result<PathBuf> {
    let current = env::current_dir()?;
    let root = current.ancestors().find(|folder| folder.join(FOLDER).is_dir());
    Ok(root.map_or_else(|| current.clone(), Path::to_owned))
}

/// Why the caller wants nothing compared.
#[derive(Debug)]
struct Refused {
    message: String,
    cause: Option<Box<Refused>>,
}

impl Refused {
    /// The error that comes first, with the others as its causes; none where there are none.
    fn from_causes(messages: &[String]) -> Option<Self> {
        messages
            .iter()
            .rev()
            .fold(None, |cause, message| Some(Self { message: message.clone(), cause: cause.map(Box::new) }))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

fn print_error(error: &dyn Error) {
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
}
