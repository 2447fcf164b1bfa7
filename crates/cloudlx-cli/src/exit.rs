//! The exit codes, which scripts rely on.

use std::process::ExitCode;

use cloudlx_client::{CreateError, Error, Retry};

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is done.
    Done = 0,
    /// The input is invalid, and nothing was sent. For `drift`: the API has drifted.
    Invalid = 1,
    /// The command could not run: wrong usage, a file that cannot be read, output that cannot be written, a missing
    /// setting. Nothing was created.
    NotRun = 2,
    /// The API refused, and would again, or cannot be reached before something is corrected.
    Refused = 3,
    /// The API did not do it; it is safe to try again.
    NotProcessed = 4,
    /// The customer may have been created.
    Unknown = 5,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl From<&Error> for Exit {
    /// For calls that only read: they can always be made again.
    fn from(error: &Error) -> Self {
        Self::from(&error.retry())
    }
}

impl From<&CreateError> for Exit {
    fn from(error: &CreateError) -> Self {
        match error {
            CreateError::NotCreated { retry, .. } => Self::from(retry),
            CreateError::Unknown { .. } => Self::Unknown,
        }
    }
}

impl From<&Retry> for Exit {
    fn from(retry: &Retry) -> Self {
        match retry {
            Retry::Useless => Self::Refused,
            Retry::CanHelp { .. } => Self::NotProcessed,
        }
    }
}
