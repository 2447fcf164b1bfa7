//! The runtime that a command runs on, which does not outlive it.

use std::io;
use std::time::Duration;

use tokio::runtime::Runtime;

/// How long what a command leaves behind may take to be put away: a journal is closed in no time, but a name server that
/// does not answer holds its thread for as long as the system waits for it.
const PUT_AWAY: Duration = Duration::from_millis(100);

/// Runs a command to its end, and waits for nothing else that still runs.
///
/// # Errors
///
/// When the system gives no threads, or none of the files that a runtime needs.
pub(crate) fn run<T>(command: impl Future<Output = T>) -> io::Result<T> {
    let runtime = Runtime::new()?;
    let ended = runtime.block_on(command);
    runtime.shutdown_timeout(PUT_AWAY);
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn what_never_ends_does_not_keep_a_command_from_ending() {
        let (end, ended) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let ran = run(async move {
            tokio::task::spawn_blocking(move || {
                tell.send(()).unwrap();
                // Until this test is over: as a name server that does not answer.
                ended.recv()
            });
            told.recv().unwrap();
            7
        });
        assert_eq!(ran.unwrap(), 7);
        drop(end);
    }

    #[test]
    fn what_a_command_leaves_behind_is_put_away() {
        let (put_away, is_put_away) = mpsc::channel::<()>();
        run(async move {
            tokio::spawn(async move {
                let _held = put_away;
                std::future::pending::<()>().await;
            });
            tokio::task::yield_now().await;
        })
        .unwrap();
        assert!(matches!(is_put_away.try_recv(), Err(mpsc::TryRecvError::Disconnected)));
    }
}
