//! The steps of a page as one script for `sh`.

use super::steps::Step;

/// The variable that names the folder for what each step prints, in a file that has the step's number.
pub(crate) const PRINTED: &str = "PRINTED";

/// The script. It ends with the first step that fails; steps whose output the page shows may fail, because that output is
/// compared.
pub(crate) fn script(steps: &[Step]) -> String {
    let begin = "set -e\nSTUBS=\ntrap 'kill $STUBS 2> /dev/null || :' EXIT\n".to_owned();
    std::iter::once(begin)
        .chain(steps.iter().enumerate().map(|(number, step)| follow(number, step)))
        .collect()
}

/// The part of the script for one step.
fn follow(number: usize, step: &Step) -> String {
    let printed = format!("\"${PRINTED}/{number}\"");
    match step {
        // Those are written before the script begins.
        Step::Write { .. } => String::new(),
        Step::Serve { command, stops_another, .. } => {
            let first = if *stops_another { "kill $STUBS\nwait $STUBS || :\nSTUBS=\n" } else { "" };
            // A stub serves once it has printed a line on stdout. If it ends without one, `read` fails.
            format!(
                "{first}mkfifo {printed}.ready\n(exec {command}) > {printed}.ready 2> {printed} &\n\
                 STUBS=\"$STUBS $!\"\nread -r LISTENING < {printed}.ready\n"
            )
        }
        Step::Paste { commands, prints, .. } => {
            let (before, after) = if prints.is_some() { ("set +e\n", "set -e\n") } else { ("", "") };
            format!("{before}{{\n{commands}\n}} > {printed} 2>&1\n{after}")
        }
    }
}

/// Whether `printed` contains what the page shows, where `…` stands for anything.
pub(crate) fn contains(printed: &str, shown: &str) -> bool {
    let mut rest = printed;
    shown.split('…').map(str::trim).all(|piece| match rest.split_once(piece) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn an_ellipsis_stands_for_anything() {
        assert!(contains("a\nbb\nc\n", "a\n…\nc"));
        assert!(contains("warning\n{\"a\":1,\"b\":2}", "{\"a\":1,…}"));
        assert!(!contains("a\nc\n", "c\n…\na"));
        assert!(!contains("{\"a\":1}", "{\"a\":2}"));
    }
}
