//! Stopping a run from outside.

use tokio::sync::watch;

/// Stops an import: the import completes rows that it is sending, and sends no others.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// A sender and the `Stop` for [`import`](crate::import()). Sending `true` stops the import; dropping the sender does not.
    #[must_use]
    pub fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Whether the import was told to stop.
    pub(super) fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the import is told to stop.
    pub(super) async fn requested(&self) {
        if self.0.clone().wait_for(|stop| *stop).await.is_err() {
            // The sender was dropped, so the import will not be told to stop.
            std::future::pending::<()>().await;
        }
    }
}
