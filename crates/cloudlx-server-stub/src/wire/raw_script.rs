//! Raw bytes, and an end, for a connection that a fault takes over from the HTTP server.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// The bytes to send, and how the connection ends.
#[derive(Debug)]
pub(crate) struct RawScript {
    pub(crate) bytes: Vec<u8>,
    /// How fast they are sent; none: all at once.
    pub(crate) pace: Option<Pace>,
    pub(crate) then: Then,
}

/// How many bytes are sent at a time, and the wait before the next ones.
#[derive(Debug)]
pub(crate) struct Pace {
    pub(crate) bytes: NonZeroUsize,
    pub(crate) every: Duration,
}

/// How the connection ends.
#[derive(Debug)]
pub(crate) enum Then {
    /// In order: the caller reads the end of the stream.
    Close,
    /// With a reset, which also discards all that the caller has sent and the stub has not read.
    Reset,
    /// When the caller closes it, or the stub stops.
    Wait,
}

impl RawScript {
    /// Sends nothing and ends the connection.
    pub(crate) fn end(then: Then) -> Self {
        Self { bytes: Vec::new(), pace: None, then }
    }

    /// Sends the bytes and ends the connection. Ends early when the caller is gone, or when the stub stops and nothing is left to
    /// send. A caller has `stall_limit` to read the next bytes, and as long to read the end.
    pub(crate) async fn play(
        self,
        mut stream: TcpStream,
        mut ending: watch::Receiver<()>,
        stall_limit: Duration,
    ) {
        if self.send(&mut stream, stall_limit).await.is_err() {
            return;
        }
        match self.then {
            // Closing a socket with unread bytes resets it: so they are read first.
            Then::Close if stream.shutdown().await.is_ok() => tokio::select! {
                _ = timeout(stall_limit, read_to_end(&mut stream)) => {}
                _ = ending.changed() => {}
            },
            Then::Close => {}
            // If the system refused this, the connection would be closed in order.
            Then::Reset => drop(stream.set_zero_linger()),
            Then::Wait => tokio::select! {
                () = read_to_end(&mut stream) => {}
                _ = ending.changed() => {}
            },
        }
    }

    async fn send(&self, stream: &mut TcpStream, stall_limit: Duration) -> io::Result<()> {
        let Some(pace) = &self.pace else { return write(stream, &self.bytes, stall_limit).await };
        for (index, drop) in self.bytes.chunks(pace.bytes.get()).enumerate() {
            if index > 0 {
                sleep(pace.every).await;
            }
            write(stream, drop, stall_limit).await?;
        }
        Ok(())
    }
}

/// Writes all bytes, as long as the caller reads some in time. Otherwise a caller that reads nothing would keep its slot for
/// ever.
async fn write(stream: &mut TcpStream, mut bytes: &[u8], stall_limit: Duration) -> io::Result<()> {
    while !bytes.is_empty() {
        let taken = timeout(stall_limit, stream.write(bytes)).await??;
        bytes = bytes.get(taken..).filter(|_| taken > 0).ok_or(io::ErrorKind::WriteZero)?;
    }
    Ok(())
}

async fn read_to_end(stream: &mut TcpStream) {
    let mut ignored = [0; 4096];
    while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}
