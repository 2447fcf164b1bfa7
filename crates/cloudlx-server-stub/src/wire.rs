//! Sockets and bodies, and what each may take.

pub(crate) mod body;
pub(crate) mod json_path;
pub(crate) mod listener;
pub(crate) mod raw_script;
