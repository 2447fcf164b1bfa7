//! Being told to stop: Ctrl-C, and the signal that asks a service to end.

use crate::failure::Failure;

/// Listens from now on; the future is done when the program is told to stop.
///
/// To be called before that which may be interrupted begins: until then the system ends the program without a word.
#[cfg(unix)]
pub(crate) fn listen() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signal)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signal)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens from now on; the future is done when the program is told to stop.
#[cfg(windows)]
pub(crate) fn listen() -> Result<impl Future<Output = ()>, Failure> {
    let mut interrupt = tokio::signal::windows::ctrl_c().map_err(Failure::Signal)?;
    Ok(async move {
        interrupt.recv().await;
    })
}
