//! The base revision: which one, and its contract.

use std::io;
use std::path::Path;
use std::process::Command;

use super::contract::{self, Contract, ContractError, FOLDER};

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// git is not there.
    #[error("could not start git: install it")]
    Start(#[source] io::Error),
    /// git refused.
    #[error("`git {command}` failed: {message}")]
    Git {
        /// What it was asked.
        command: String,
        /// What it said.
        message: String,
    },
    /// There is no such revision.
    #[error(
        "expected a commit, branch or tag that git knows, found {revision:?}: fetch it, or name another with --base"
    )]
    Unknown {
        /// What was asked for.
        revision: String,
    },
    /// There is no release yet, and no branch to compare with.
    #[error(
        "expected a release tag `v*` or a branch `main` or `origin/main` to compare with, found none: fetch one, or \
         name a revision with --base"
    )]
    NoBase,
    /// The revision has no contract that can be read.
    #[error("could not read {FOLDER} of {revision}: name another revision with --base")]
    Contract {
        /// Which one.
        revision: String,
        /// Why.
        source: ContractError,
    },
}

/// The newest release tag; before the first release, where this branch left `main`.
pub(super) fn default_revision(root: &Path) -> Result<String, BaseError> {
    let tags = git(root, &["tag", "--list", "v*", "--sort=-version:refname"])?;
    if let Some(newest) = String::from_utf8_lossy(&tags).lines().next() {
        return Ok(newest.to_owned());
    }
    for branch in ["main", "origin/main"] {
        if let Ok(commit) = git(root, &["merge-base", "HEAD", branch]) {
            return Ok(String::from_utf8_lossy(&commit).trim().to_owned());
        }
    }
    Err(BaseError::NoBase)
}

/// The contract as it was committed in `revision`.
pub(super) fn contract_at(root: &Path, revision: &str) -> Result<Contract, BaseError> {
    // A name, and never an option.
    let named = format!("{revision}^{{commit}}");
    let commit = git(root, &["rev-parse", "--verify", "--end-of-options", &named]);
    let commit = commit.map_err(|error| match error {
        BaseError::Git { .. } => BaseError::Unknown { revision: revision.to_owned() },
        error => error,
    })?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let paths = git(root, &["ls-tree", "-r", "-z", "--name-only", &commit, "--", FOLDER])?;
    let paths = String::from_utf8_lossy(&paths).into_owned();
    let mut texts = Vec::new();
    for path in paths.split('\0').filter(|path| contract::is_json(path)) {
        let text = git(root, &["show", &format!("{commit}:./{path}")])?;
        let inside = path.strip_prefix(FOLDER).unwrap_or(path).trim_start_matches('/');
        texts.push((inside.to_owned(), text));
    }
    Contract::parse(texts).map_err(|source| BaseError::Contract { revision: revision.to_owned(), source })
}

fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, BaseError> {
    let output =
        Command::new("git").arg("-C").arg(root).args(arguments).output().map_err(BaseError::Start)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(BaseError::Git { command: arguments.join(" "), message })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A repository in a folder that goes away with it.
    struct Repository(std::path::PathBuf);

    impl Repository {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("cloudlx-compat-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join(FOLDER)).unwrap();
            git(&folder, &["init", "--quiet", "--initial-branch", "main"]).unwrap();
            Self(folder)
        }

        fn commit(&self, minimum: u32) {
            let schema = format!("{{\"minimum\": {minimum}}}");
            fs::write(self.0.join(FOLDER).join("a.schema.json"), schema).unwrap();
            fs::write(self.0.join(FOLDER).join("README.md"), "not JSON").unwrap();
            git(&self.0, &["add", "."]).unwrap();
            let identity =
                ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
            git(&self.0, &[&identity[..], &["commit", "--quiet", "--message", "A change"]].concat()).unwrap();
        }

        fn minimum(&self, revision: &str) -> serde_json::Value {
            contract_at(&self.0, revision).unwrap().files["a.schema.json"]["minimum"].clone()
        }
    }

    impl Drop for Repository {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn the_base_is_the_newest_release_or_where_the_branch_began() {
        let repository = Repository::new("base");
        assert!(matches!(default_revision(&repository.0), Err(BaseError::NoBase)));
        repository.commit(1);
        git(&repository.0, &["switch", "--quiet", "--create", "change"]).unwrap();
        repository.commit(2);
        assert_eq!(repository.minimum(&default_revision(&repository.0).unwrap()), 1);
        git(&repository.0, &["tag", "v0.10.0"]).unwrap();
        repository.commit(3);
        git(&repository.0, &["tag", "v0.9.0"]).unwrap();
        assert_eq!(default_revision(&repository.0).unwrap(), "v0.10.0");
        assert_eq!(repository.minimum("v0.10.0"), 2);
        assert!(matches!(contract_at(&repository.0, "--help"), Err(BaseError::Unknown { .. })));
    }
}
