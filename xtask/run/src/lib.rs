//! How the tasks of this workspace run other programs.
//!
//! `process` runs a program and reports how it ended; `program` builds `cloudlx`; `install` installs what the lock files
//! of npm and pip pin; `workspace` knows where the workspace is, and `exit` how a task ends.
#![forbid(unsafe_code)]

pub mod exit;
pub mod install;
pub mod process;
pub mod program;
pub mod workspace;
