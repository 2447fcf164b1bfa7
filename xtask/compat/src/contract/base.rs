//! Chooses the revision to compare with.
//!
//! The base is a version that others may already use: the newest release among HEAD's ancestors or, before the first
//! release, the commit where this branch left `main`. On `main` itself that commit is HEAD, which would be compared with
//! itself; then the base is the commit before the newest change of `schemas/v1`.

use std::path::Path;

use serde::Serialize;

use crate::contract::git::{self, GitError};
use crate::contract::{Contract, ContractError, FOLDER};

/// Why there is nothing to compare with.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    /// git did not answer.
    #[error(transparent)]
    Git(#[from] GitError),
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
        "expected a release tag like `v1.2.3` or a branch `main` or `origin/main` to compare with, found none: fetch \
         one, or name a revision with --base"
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

/// The revision that is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Base {
    /// As a person names it.
    pub revision: String,
    /// The commit.
    pub commit: String,
    /// Why this one.
    pub why: String,
    /// True when it equals the working tree's version: then nothing was checked.
    pub itself: bool,
}

/// The revision to compare `new` with, and its contract.
pub(crate) fn find(root: &Path, asked: Option<&str>, new: &Contract) -> Result<(Base, Contract), BaseError> {
    let head = git::commit(root, "HEAD")?;
    let mut base = match asked {
        Some(revision) => named(root, revision, "named by --base")?,
        None => usual(root, head.as_deref())?,
    };
    let mut old = contract_at(root, &base)?;
    // With the same commit and the same content, a comparison would find nothing.
    let is_itself = |base: &Base, old: &Contract| Some(&base.commit) == head.as_ref() && old == new;
    if asked.is_none() && is_itself(&base, &old) {
        match before(root)? {
            Before::Commit(earlier) => {
                base = earlier;
                old = contract_at(root, &base)?;
            }
            Before::Nothing(why) => base = Base { why: format!("{}; {why}", base.why), ..base },
        }
    }
    base.itself = is_itself(&base, &old);
    Ok((base, old))
}

/// The newest release, or where the branch began.
fn usual(root: &Path, head: Option<&str>) -> Result<Base, BaseError> {
    let Some(head) = head else { return Err(BaseError::NoBase) };
    for tag in git::lines(root, &["tag", "--list", "v*", "--sort=-version:refname", "--merged", "HEAD"])? {
        let base = named(root, &format!("refs/tags/{tag}"), "the newest release")?;
        // A release is compared with the one before it.
        if is_release(&tag) && base.commit != head {
            return Ok(Base { revision: tag, ..base });
        }
    }
    // A fetched branch is newer than a local one that nobody updated.
    for branch in ["origin/main", "main"] {
        if let Ok(commit) = git::text(root, &["merge-base", "HEAD", branch]) {
            let why = format!("where this branch left {branch}; there is no release yet");
            return Ok(Base { revision: short(&commit), commit, why, itself: false });
        }
    }
    Err(BaseError::NoBase)
}

enum Before {
    Commit(Base),
    /// And why there is none.
    Nothing(&'static str),
}

/// The parent of the newest commit that changed the contract; for a merge, its first parent.
fn before(root: &Path) -> Result<Before, BaseError> {
    let newest = git::text(
        root,
        &["log", "-1", "--no-show-signature", "--first-parent", "--format=%H", "HEAD", "--", FOLDER],
    )?;
    let nothing = if git::text(root, &["rev-parse", "--is-shallow-repository"])? == "true" {
        "the clone is shallow and has no commit before it: fetch more of its history"
    } else {
        "no commit before it has a contract"
    };
    let Some(commit) = git::commit(root, &format!("{newest}^"))? else { return Ok(Before::Nothing(nothing)) };
    if git::contract_files(root, &commit)?.is_empty() {
        return Ok(Before::Nothing(nothing));
    }
    let why = format!(
        "before {}, the newest change of {FOLDER}; HEAD would be compared with itself",
        short(&newest)
    );
    Ok(Before::Commit(Base { revision: short(&commit), commit, why, itself: false }))
}

fn named(root: &Path, revision: &str, why: &str) -> Result<Base, BaseError> {
    let commit = git::commit(root, revision)?;
    let commit = commit.ok_or_else(|| BaseError::Unknown { revision: revision.to_owned() })?;
    Ok(Base { revision: revision.to_owned(), commit, why: why.to_owned(), itself: false })
}

/// The contract as it was committed.
fn contract_at(root: &Path, base: &Base) -> Result<Contract, BaseError> {
    let mut texts = Vec::new();
    for path in git::contract_files(root, &base.commit)? {
        let text = git::output(root, &["show", &format!("{}:./{path}", base.commit)])?;
        let inside = path.strip_prefix(FOLDER).unwrap_or(&path).trim_start_matches('/');
        texts.push((inside.to_owned(), text));
    }
    Contract::parse(texts).map_err(|source| BaseError::Contract { revision: base.revision.clone(), source })
}

/// `v1.2.3`, and no pre-release.
fn is_release(tag: &str) -> bool {
    let Some(version) = tag.strip_prefix('v') else { return false };
    let parts: Vec<_> = version.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number)
}

fn short(commit: &str) -> String {
    commit.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// A repository in a folder that goes away with it.
    struct Repository(TempDir);

    impl Repository {
        fn new() -> Self {
            let repository = Self(tempfile::tempdir().unwrap());
            fs::create_dir_all(repository.root().join(FOLDER)).unwrap();
            repository.git(&["init", "--quiet", "--initial-branch", "main"]);
            repository
        }

        fn root(&self) -> &Path {
            self.0.path()
        }

        /// Without the settings of whoever runs the tests: they may sign tags, or have hooks.
        fn git(&self, arguments: &[&str]) {
            let settings =
                ["user.name=A", "user.email=a@example.com", "commit.gpgsign=false", "tag.gpgsign=false"];
            let settings = settings.map(|setting| ["-c", setting]).concat();
            let arguments = [&settings[..], arguments].concat();
            let mut git = git::command(self.root(), &arguments);
            git.env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_TEMPLATE_DIR", "");
            git.env_remove("GIT_CONFIG_COUNT").env_remove("GIT_CONFIG_PARAMETERS");
            git::printed(&mut git, &arguments).unwrap();
        }

        fn write(&self, minimum: u32) {
            let schema = format!("{{\"minimum\": {minimum}}}");
            fs::write(self.root().join(FOLDER).join("a.schema.json"), schema).unwrap();
        }

        /// Of the contract, or of nothing when the minimum stays.
        fn commit(&self, minimum: u32) {
            self.write(minimum);
            fs::write(self.root().join(FOLDER).join("README.md"), "not JSON").unwrap();
            self.git(&["add", "."]);
            self.git(&["commit", "--quiet", "--allow-empty", "--message", "A change"]);
        }

        /// What is compared with, and its minimum.
        fn base(&self, asked: Option<&str>) -> (Base, u64) {
            let (base, contract) = find(self.root(), asked, &Contract::read(self.root()).unwrap()).unwrap();
            (base, contract.files["a.schema.json"]["minimum"].as_u64().unwrap())
        }

        fn error(&self, asked: Option<&str>) -> BaseError {
            find(self.root(), asked, &Contract::default()).unwrap_err()
        }
    }

    #[test]
    fn the_base_is_the_newest_release_or_where_the_branch_began() {
        let repository = Repository::new();
        assert!(matches!(repository.error(None), BaseError::NoBase));
        repository.commit(1);
        repository.git(&["switch", "--quiet", "--create", "change"]);
        repository.commit(2);
        assert_eq!(repository.base(None).1, 1);
        repository.git(&["tag", "v0.10.0"]);
        repository.commit(3);
        for tag in ["v0.9.0", "v0.11.0-rc.1", "v1", "v1.2.x", "v9.9.9"] {
            repository.git(&["tag", tag]);
        }
        // A release is not compared with itself.
        let (base, minimum) = repository.base(None);
        assert_eq!((base.revision.as_str(), minimum), ("v0.10.0", 2));
        // Nor with one that is not among its ancestors.
        repository.commit(4);
        repository.git(&["tag", "--delete", "v9.9.9"]);
        repository.git(&["switch", "--quiet", "--create", "other", "main"]);
        repository.commit(5);
        repository.git(&["tag", "v10.0.0"]);
        repository.git(&["switch", "--quiet", "change"]);
        assert_eq!(repository.base(None).0.revision, "v0.10.0");
        for unknown in ["--help", "nowhere"] {
            assert!(matches!(repository.error(Some(unknown)), BaseError::Unknown { .. }));
        }
    }

    #[test]
    fn what_was_committed_is_not_compared_with_itself() {
        let repository = Repository::new();
        repository.commit(1);
        let (base, _) = repository.base(None);
        assert!(base.itself && base.why.contains("no commit before it"), "{base:?}");
        repository.commit(2);
        repository.commit(2);
        let (base, minimum) = repository.base(None);
        assert_eq!((base.itself, minimum), (false, 1), "{base:?}");
        assert!(base.why.contains("the newest change of schemas/v1"), "{base:?}");
        // What is not committed is compared with what is.
        repository.write(3);
        assert_eq!(repository.base(None).1, 2);
        // Who asks for it gets it, and is told.
        repository.write(2);
        assert!(repository.base(Some("HEAD")).0.itself);
    }

    #[test]
    fn of_a_merge_the_whole_branch_is_compared() {
        let repository = Repository::new();
        repository.commit(1);
        repository.git(&["switch", "--quiet", "--create", "change"]);
        repository.commit(2);
        repository.commit(3);
        repository.git(&["switch", "--quiet", "main"]);
        repository.git(&["merge", "--quiet", "--no-ff", "change"]);
        assert_eq!(repository.base(None).1, 1);
    }

    #[test]
    fn what_was_fetched_counts_and_a_shallow_clone_says_so() {
        let repository = Repository::new();
        repository.commit(1);
        repository.commit(2);
        let shallow = Repository::new();
        let url = format!("file://{}", repository.root().display());
        shallow.git(&["fetch", "--quiet", "--depth", "1", &url, "main:refs/remotes/origin/main"]);
        shallow.git(&["switch", "--quiet", "--create", "change", "origin/main"]);
        let (base, _) = shallow.base(None);
        assert!(base.itself && base.why.contains("shallow"), "{base:?}");

        // A local `main` that nobody moved does not count.
        let stale = Repository::new();
        stale.git(&["fetch", "--quiet", &url, "main:refs/remotes/origin/main"]);
        stale.git(&["branch", "main", "origin/main~1"]);
        stale.git(&["switch", "--quiet", "--create", "change", "origin/main"]);
        stale.commit(3);
        assert_eq!(stale.base(None).1, 2);
    }
}
