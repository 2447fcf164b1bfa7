//! The rules of a create-customer request.
#![forbid(unsafe_code)]
#![allow(missing_docs)]
// skeleton: the signatures that others build on
