//! Runs other programs, for the tasks of this workspace.
//!
//! [`process`] runs a program and reports how it ended, [`program`] builds `cloudlx`, [`install`] installs the packages that
//! lock files of npm and pip pin, [`workspace`] is the workspace's folder, and [`exit`] prints the error of a task and chooses
//! its exit code.
#![forbid(unsafe_code)]

pub mod exit;
pub mod install;
pub mod process;
pub mod program;
pub mod workspace;
