//! What a page has its reader do, step by step.

/// A block of a page, between two fences.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block<'a> {
    /// What stands between this block and the one before it.
    pub(crate) prose: &'a str,
    pub(crate) language: &'a str,
    pub(crate) text: &'a str,
    /// The line of the page that the fence stands on, counted from 1.
    pub(crate) line: usize,
}

/// What the reader does with a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Writes a file.
    Write { name: String, text: String },
    /// Starts a stub in a terminal of its own, after stopping the one before it where the page says so.
    Serve { line: usize, command: String, stops_another: bool },
    /// Pastes commands.
    Paste { line: usize, commands: String, prints: Option<String> },
}

/// How commands begin that serve until they are stopped.
const SERVES: [&str; 2] = ["cloudlx stub ", "cargo run -- stub "];

/// The blocks of a page, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = page;
    let mut line = 1;
    while let Some((prose, after)) = rest.split_once("\n```") {
        let Some((inside, after)) = after.split_once("\n```") else { break };
        let (language, text) = inside.split_once('\n').unwrap_or((inside, ""));
        line += lines(prose) + 1;
        blocks.push(Block { prose, language, text, line });
        line += lines(inside) + 1;
        rest = after;
    }
    blocks
}

/// What the reader does, in order. Blocks of a program in another language that has no name are not for a shell.
pub(crate) fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut language_before = "";
    for block in blocks(page) {
        let shows_output = language_before == "sh" && block.prose.trim().is_empty();
        language_before = block.language;
        let (line, text) = (block.line, block.text.to_owned());
        if block.language == "sh" {
            steps.push(if SERVES.iter().any(|serves| text.starts_with(serves)) {
                Step::Serve { line, command: text, stops_another: block.prose.contains("Ctrl-C)") }
            } else {
                Step::Paste { line, commands: text, prints: None }
            });
        } else if let Some(name) = file_name(block.prose) {
            steps.push(Step::Write { name: name.to_owned(), text: text + "\n" });
        } else if shows_output && let Some(Step::Paste { prints: prints @ None, .. }) = steps.last_mut() {
            *prints = Some(text);
        }
    }
    steps
}

/// The file that the next block is: the line before it ends with "`NAME`:".
fn file_name(prose: &str) -> Option<&str> {
    let named = prose.trim_end().strip_suffix("`:")?;
    let name = named.rsplit('`').next()?;
    (name.contains('.') && !name.contains(['/', ' ', '\n'])).then_some(name)
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A\n\n```sh\ncloudlx stub --listen 127.0.0.1:8080\n```\n\nIn another:\n\n```sh\ncurl a\ncurl b\n```\n\n```json\n{}\n```\n\n```rust\nx\n```\n\nNot shown:\n\n```json\n{\"a\": 1}\n```\n\nThe file `a.json`:\n\n```json\n{\"a\": 2}\n```\n\nStop it (Ctrl-C).\n\n```sh\ncargo run -- stub --faults a.json\n```\n";

    #[test]
    fn a_page_is_read_as_what_its_reader_does() {
        let expected = [
            Step::Serve {
                line: 3,
                command: "cloudlx stub --listen 127.0.0.1:8080".to_owned(),
                stops_another: false,
            },
            Step::Paste { line: 9, commands: "curl a\ncurl b".to_owned(), prints: Some("{}".to_owned()) },
            Step::Write { name: "a.json".to_owned(), text: "{\"a\": 2}\n".to_owned() },
            Step::Serve {
                line: 36,
                command: "cargo run -- stub --faults a.json".to_owned(),
                stops_another: true,
            },
        ];
        assert_eq!(steps(PAGE), expected);
    }

    #[test]
    fn a_file_is_named_right_before_its_block() {
        assert_eq!(file_name("For `cloudlx`, `a.json`:\n"), Some("a.json"));
        assert_eq!(file_name("For `cloudlx`:\n"), None);
        assert_eq!(file_name("`a.json` is a file.\n"), None);
    }
}
