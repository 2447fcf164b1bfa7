//! Being told to stop: Ctrl-C, and the signal that asks a service to end.

use crate::failure::Failure;

/// Listens from now on; the future is done when the program is told to stop.
///
/// To be called before that which may be interrupted begins: until then the system ends the program without a word.
pub(crate) fn listen() -> Result<impl Future<Output = ()>, Failure> {
    let mut interrupts = Interrupts::listen()?;
    Ok(async move { interrupts.next().await })
}

/// Each time that the program is told to stop.
#[cfg(unix)]
pub(crate) struct Interrupts {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Interrupts {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};

        let interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signal)?;
        let terminate = signal(SignalKind::terminate()).map_err(Failure::Signal)?;
        Ok(Self { interrupt, terminate })
    }

    /// Done when the program is told to stop once more.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Each time that the program is told to stop.
#[cfg(windows)]
pub(crate) struct Interrupts(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Interrupts {
    /// Listens from now on.
    pub(crate) fn listen() -> Result<Self, Failure> {
        tokio::signal::windows::ctrl_c().map(Self).map_err(Failure::Signal)
    }

    /// Done when the program is told to stop once more.
    pub(crate) async fn next(&mut self) {
        self.0.recv().await;
    }
}
