//! Files with requests: reading them, finding values in them, and showing what is wrong with them.

pub(crate) mod documents;
pub(crate) mod locate;
pub(crate) mod report;
