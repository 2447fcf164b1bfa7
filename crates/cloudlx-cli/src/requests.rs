//! Files with requests: `documents.rs` reads them, `locate.rs` finds values in them, `report.rs` shows what is wrong with them.

pub(crate) mod documents;
pub(crate) mod locate;
pub(crate) mod report;
