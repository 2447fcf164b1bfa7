//! The programs of `schemas/README.md`, taken out of it to be compiled and run with the versions that it names: what a
//! newcomer copies, works.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The language of a block as the page marks it, and the file that it becomes. The generated types and models lie in
/// the same folder, as the page has it.
const BLOCKS: [(&str, &str); 2] = [("ts", "generated/readme.ts"), ("python", "generated/readme.py")];

/// Why there are no programs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadmeError {
    #[error("could not read {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("could not write {}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("expected one block ```{language} in {}, found {found}", path.display())]
    Blocks { path: PathBuf, language: &'static str, found: usize },
    #[error("{} installs {words}, which interop/ does not pin: write the same version in both", path.display())]
    Unpinned { path: PathBuf, words: String },
}

/// Writes the programs of the page below `folder`, once its versions are those that the two files pin.
pub(crate) fn extract(page: &Path, [npm, pip]: &[PathBuf; 2], folder: &Path) -> Result<(), ReadmeError> {
    let text = read(page)?;
    let unpinned = unpinned(&blocks(&text, "sh"), &read(npm)?, &read(pip)?);
    if !unpinned.is_empty() {
        return Err(ReadmeError::Unpinned { path: page.to_owned(), words: unpinned.join(", ") });
    }
    for (language, file) in BLOCKS {
        let found = blocks(&text, language);
        let [program] = found.as_slice() else {
            return Err(ReadmeError::Blocks { path: page.to_owned(), language, found: found.len() });
        };
        let path = folder.join(file);
        let written =
            path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, program));
        written.map_err(|source| ReadmeError::Write { path, source })?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, ReadmeError> {
    fs::read_to_string(path).map_err(|source| ReadmeError::Read { path: path.to_owned(), source })
}

/// The words like `name@1.2.3` and `name==1.2.3` of commands that the two files do not have.
fn unpinned<'a>(commands: &[&'a str], npm: &str, pip: &str) -> Vec<&'a str> {
    let is_pinned = |word: &str| {
        if let Some((name, version)) = word.split_once("==") {
            return pip
                .lines()
                .any(|line| line.trim_end_matches(['\\', ' ']) == format!("{name}=={version}"));
        }
        // A scope starts with `@` as well, and is no name without what follows.
        match word.rsplit_once('@') {
            Some((name, version)) if !name.is_empty() => npm.contains(&format!("\"{name}\": \"{version}\"")),
            _ => true,
        }
    };
    commands.iter().flat_map(|text| text.split_whitespace()).filter(|word| !is_pinned(word)).collect()
}

/// The code of the blocks that are marked as `language`.
fn blocks<'a>(markdown: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("\n```{language}\n");
    let after = markdown.split(opening.as_str()).skip(1);
    after.filter_map(|rest| rest.split_once("```")).map(|(code, _)| code).collect()
}

#[cfg(test)]
mod tests {
    use super::{blocks, unpinned};

    #[test]
    fn blocks_are_found_by_their_language() {
        let page = "# A\n\n```ts\na\nb\n```\n\n```tsx\nc\n```\n\n```ts\nd\n```\n";
        assert_eq!(blocks(page, "ts"), ["a\nb\n", "d\n"]);
        assert_eq!(blocks(page, "go"), [""; 0]);
    }

    #[test]
    fn versions_that_are_not_pinned_are_named() {
        let (npm, pip) = (r#"{"@types/node": "20.1.0", "a": "1.0.0"}"#, "b==2.0.0 \\\n    --hash=sha256:0\n");
        let commands = ["npm install a@1.0.0 @types/node@20.1.0", "pip install b==2.0.0"];
        assert_eq!(unpinned(&commands, npm, pip), [""; 0]);
        let commands = ["npm install a@1.0.1 @types/node@20", "pip install b==2.0"];
        assert_eq!(unpinned(&commands, npm, pip), ["a@1.0.1", "@types/node@20", "b==2.0"]);
    }
}
