//! `cargo xtask chaos --broken`: breaks the importer on purpose, to show that the checker notices.
//!
//! Each of [`BREAKS`] is one edit of a copy of the sources, which is then built and tried. A test checks that each edit still
//! fits the sources.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::arguments::Chaos;
use crate::worlds::try_worlds;
use xtask_run::process::{self, ProcessError};
use xtask_run::program::{self, ProgramError};
use xtask_run::workspace;

/// An edit that makes the importer break its promise.
#[derive(Debug)]
struct Break {
    /// What the importer does then.
    what: &'static str,
    /// The file, from the workspace's root.
    file: &'static str,
    /// The text to replace, which occurs once.
    from: &'static str,
    to: &'static str,
}

const BREAKS: [Break; 4] = [
    Break {
        what: "a row is sent before the journal has it",
        file: "crates/cloudlx-import/src/journal/sqlite/writer.rs",
        from: "    execute(\"COMMIT\")\n",
        to: "    replies.drain(..).for_each(|reply| reply(Ok(())));\n    \
             thread::sleep(std::time::Duration::from_millis(20));\n    execute(\"COMMIT\")\n",
    },
    Break {
        what: "a create is sent again after a 504",
        file: "crates/cloudlx-client/src/proof/outcome.rs",
        from: "        (_, SaidBy::Anybody) | (408, _) => Outcome::Unknown,\n",
        to: "        (504, _) => Outcome::NotDone(Retry::CanHelp { after }),\n        \
             (_, SaidBy::Anybody) | (408, _) => Outcome::Unknown,\n",
    },
    Break {
        what: "a 403 or a 503 is believed, whoever says it",
        file: "crates/cloudlx-client/src/proof/outcome.rs",
        from: "        (_, SaidBy::Anybody) | (408, _) => Outcome::Unknown,\n",
        to: "        (403 | 503, SaidBy::Anybody) => Outcome::NotDone(Retry::CanHelp { after }),\n        \
             (_, SaidBy::Anybody) | (408, _) => Outcome::Unknown,\n",
    },
    Break {
        what: "a page of a list is taken for the list",
        file: "crates/cloudlx-client/src/paging/pager.rs",
        from: "        self.check_page_number(paging)?;\n",
        to: "        self.check_page_number(paging)?;\n        if self.pages > 0 {\n            return Ok(None);\n        }\n",
    },
];

/// Why a break was not tried, or not noticed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokenError {
    #[error("could not copy the sources to {}", path.display())]
    Copy { path: PathBuf, source: io::Error },
    #[error("could not list the sources")]
    Sources(#[source] ProcessError),
    #[error(
        "expected the text that is to be broken once in {file}, found it {times} times: mend the table of breaks"
    )]
    Stale { file: &'static str, times: usize },
    #[error("could not build the broken importer")]
    Build(#[source] ProgramError),
    #[error("the checker did not see it when {what}: try more worlds (--seeds)")]
    Unseen { what: &'static str },
}

/// Tries each break in the worlds that `arguments` name.
pub(crate) fn run(arguments: &Chaos) -> Result<(), BrokenError> {
    let folder = workspace::root().join("target/chaos/broken");
    copy_sources(&folder)?;
    for Break { what, file, from, to } in &BREAKS {
        println!("broken on purpose: {what}");
        let path = folder.join(file);
        let failed = |source| BrokenError::Copy { path: path.clone(), source };
        let whole = fs::read_to_string(&path).map_err(failed)?;
        fs::write(&path, edited(&whole, file, from, to)?).map_err(failed)?;
        let built = program::build_at(&folder, arguments.release, &folder.join("worlds"));
        fs::write(&path, whole).map_err(failed)?;
        let tried = try_worlds(arguments, &built.map_err(BrokenError::Build)?, &folder.join("worlds"));
        if tried.broken == 0 {
            return Err(BrokenError::Unseen { what });
        }
        println!("seen in {} of {} worlds\n", tried.broken, arguments.seeds);
    }
    Ok(())
}

fn edited(whole: &str, file: &'static str, from: &str, to: &str) -> Result<String, BrokenError> {
    match whole.matches(from).count() {
        1 => Ok(whole.replacen(from, to, 1)),
        times => Err(BrokenError::Stale { file, times }),
    }
}

/// Copies the files that git would commit.
fn copy_sources(folder: &Path) -> Result<(), BrokenError> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed = process::output(&mut process::command("git", &list)).map_err(BrokenError::Sources)?;
    for name in String::from_utf8_lossy(&listed).split('\0').filter(|name| !name.is_empty()) {
        let (from, to) = (workspace::root().join(name), folder.join(name));
        // git also lists files whose deletion is not committed yet.
        if !from.is_file() {
            continue;
        }
        let copied = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| copy_if_new(&from, &to));
        copied.map_err(|source| BrokenError::Copy { path: to.clone(), source })?;
    }
    Ok(())
}

/// Leaves equal files alone, so that cargo does not build them again.
fn copy_if_new(from: &Path, to: &Path) -> io::Result<()> {
    let new = fs::read(from)?;
    if fs::read(to).is_ok_and(|old| old == new) { Ok(()) } else { fs::write(to, new) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_break_is_one_edit_of_the_sources() {
        for Break { file, from, to, .. } in &BREAKS {
            let whole = fs::read_to_string(workspace::root().join(file)).unwrap();
            assert_ne!(edited(&whole, file, from, to).unwrap(), whole);
        }
    }
}
