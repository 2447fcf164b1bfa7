//! What writes to stdout and stderr: `output.rs`, and what has nothing in it that anybody else wrote.

use std::fs;
use std::path::Path;

/// `output.rs` makes each line plain; a line of the stub's log has nothing in it that a caller wrote.
const WRITERS: [&str; 2] = ["commands/stub/log.rs", "output.rs"];

#[test]
fn nothing_is_printed_past_the_one_place() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![sources.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let prints = |line: &&str| {
                let asks = line.contains("is_terminal");
                ["stdout()", "stderr()", "print!(", "println!(", "dbg!("].iter().any(|it| line.contains(it))
                    && !asks
            };
            if text.lines().any(|line| prints(&line)) {
                found.push(path.strip_prefix(&sources).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort_unstable();
    assert_eq!(found, WRITERS);
}
