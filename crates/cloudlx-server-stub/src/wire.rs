//! Sockets, headers and bodies, and the limits on them.

pub(crate) mod address;
pub(crate) mod body;
pub(crate) mod headers;
pub(crate) mod json_path;
pub(crate) mod limits;
pub(crate) mod listener;
pub(crate) mod raw_script;
