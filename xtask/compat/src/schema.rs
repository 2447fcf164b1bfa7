//! JSON Schemas, compared as sets of documents.
//!
//! [`bodies`] is the way in: it writes both schemas without references (`facts`), compares what is not part of the
//! algebra by value (`marks`), and hands the rest to `comparison`. That asks `algebra` for the documents that one schema
//! accepts and the other refuses, and `witness` for one to show.

pub(super) mod algebra;
pub(super) mod bodies;
mod comparison;
mod edits;
pub(super) mod facts;
mod fields;
mod hole;
mod keywords;
mod marks;
mod patterns;
pub(super) mod referred;
pub(super) mod role;
pub(super) mod samples;
mod witness;
