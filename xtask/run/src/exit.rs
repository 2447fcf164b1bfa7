//! The end of a task: its error and its exit code.

use std::error::Error;
use std::process::{ExitCode, ExitStatus};

/// The exit code of a task: 0, or 1 for an error, which is printed on stderr with its causes.
pub fn code(result: Result<(), impl Error>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print(&error);
            ExitCode::FAILURE
        }
    }
}

/// The exit code of a task that ends as another program did: 1 where a signal ended it.
#[must_use]
pub fn code_of(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}

fn print(error: &dyn Error) {
    eprintln!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprintln!("  because: {cause}");
        source = cause.source();
    }
}
