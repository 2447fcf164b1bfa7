//! Being told to stop: Ctrl-C, and the signal that asks a service to end.

use std::io;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::exit::Exit;
use crate::failure::CommandError;
use crate::output;

/// The system does not deliver signals to the program.
#[derive(Debug, thiserror::Error)]
#[error("could not wait for an interrupt")]
pub(crate) struct SignalError(#[source] io::Error);

impl CommandError for SignalError {}

/// How long the last word of a program that is ended at once may take.
const LAST_WORD: Duration = Duration::from_millis(100);

/// Listens from now on; the future is done when the program is told to stop. Told once more, it ends at once, as `at_once`
/// says.
///
/// To be called before that which may be interrupted begins: until then the system ends the program without a word.
pub(crate) fn listen(
    at_once: impl Fn() -> Exit + Send + 'static,
) -> Result<impl Future<Output = ()>, SignalError> {
    let mut interrupts = Interrupts::listen(at_once)?;
    Ok(async move { interrupts.next().await })
}

/// Each time that the program is told to stop.
pub(crate) struct Interrupts(mpsc::Receiver<()>);

impl Interrupts {
    /// Listens from now on. Where the command takes no notice of being told, and is told once more, the program ends at
    /// once, as `at_once` says: a command may be printing to somebody who does not read.
    pub(crate) fn listen(at_once: impl Fn() -> Exit + Send + 'static) -> Result<Self, SignalError> {
        let mut signals = Signals::listen()?;
        let (tell, told) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut times = 0;
            loop {
                signals.next().await;
                times += 1;
                // There is no room for it while the one before is not taken, nor once the command listens no more.
                if tell.try_send(()).is_err() && times > 1 {
                    end(at_once());
                }
            }
        });
        Ok(Self(told))
    }

    /// Done when the program is told to stop once more.
    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            // The runtime is shutting down.
            std::future::pending::<()>().await;
        }
    }
}

/// Ends the program, whatever its threads are waiting for.
fn end(exit: Exit) -> ! {
    let (said, is_said) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        output::note("stopping at once");
        let _ = said.send(());
    });
    // Another thread may hold stderr, and wait.
    let _ = is_said.recv_timeout(LAST_WORD);
    std::process::exit(exit as i32)
}

/// The signals that tell a program to stop.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Listens from now on.
    fn listen() -> Result<Self, SignalError> {
        use tokio::signal::unix::{SignalKind, signal};

        let interrupt = signal(SignalKind::interrupt()).map_err(SignalError)?;
        let terminate = signal(SignalKind::terminate()).map_err(SignalError)?;
        Ok(Self { interrupt, terminate })
    }

    /// Done when the next one comes.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The signals that tell a program to stop.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    /// Listens from now on.
    fn listen() -> Result<Self, SignalError> {
        tokio::signal::windows::ctrl_c().map(Self).map_err(SignalError)
    }

    /// Done when the next one comes.
    async fn next(&mut self) {
        self.0.recv().await;
    }
}
