//! Compares JSON Schemas as sets of documents.
//!
//! [`bodies`] is the entry point. It normalizes both schemas (`facts`), compares their `annotations` by value, and gives the
//! rest to `comparison`. That splits the difference into `edits`, asks the `algebra` for the documents that one schema
//! accepts and the other refuses, and the `witness` for one to show.

pub(super) mod algebra;
mod annotations;
pub(super) mod bodies;
mod comparison;
mod edits;
mod embed;
pub(super) mod facts;
mod fields;
mod keywords;
mod patterns;
pub(super) mod referred;
pub(super) mod role;
pub(super) mod samples;
mod witness;
