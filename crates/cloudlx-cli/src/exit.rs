//! The exit codes, which scripts rely on.

use std::process::ExitCode;

use cloudlx_client::{CreateError, Error, Retry};

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is done.
    Done = 0,
    /// The input is invalid, and nothing was sent. For `drift`: the API has drifted.
    Invalid = 1,
    /// The command could not run: wrong usage, a file that cannot be read, output that cannot be written, a missing
    /// setting. Nothing was created.
    NotRun = 2,
    /// The API refused, and would again, or cannot be reached before something is corrected.
    Refused = 3,
    /// The API did not process the request; it is safe to try again.
    NotProcessed = 4,
    /// The customer may have been created.
    Unknown = 5,
}

/// The exit codes as `--help` lists them.
pub(crate) const CODES: &str = "\
Exit codes:
  0  done
  1  the input is invalid, nothing was sent; of drift: the API has drifted
  2  the command could not run: wrong usage, a file that cannot be read, a missing setting
  3  the API refused, cannot be reached before something is corrected, or its list cannot be read whole
  4  not processed; it is safe to try again
  5  a customer may have been created: look before you send the request again";

impl Exit {
    /// The name that programs read as `outcome`.
    pub(crate) fn outcome(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Invalid => "invalid",
            Self::NotRun => "not-run",
            Self::Refused => "refused",
            Self::NotProcessed => "not-processed",
            Self::Unknown => "unknown",
        }
    }
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
