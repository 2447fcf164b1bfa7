//! Runs an import: rounds of sending, each followed by settling what is unknown, until nothing more can be done.

mod backoff;
mod context;
mod gate;
mod import;
mod options;
mod outcome;
mod pace;
mod progress;
mod send;
mod settle_round;
mod stop;
mod summary;

pub use self::import::import;
pub use self::options::{DEFAULT_CONCURRENCY, DEFAULT_SETTLE_TIME, Options};
pub use self::pace::{Rate, RateError};
pub use self::progress::{Phase, Progress, progress};
pub use self::stop::Stop;
pub use self::summary::{EndedEarly, Summary};
