//! What the stub does to a connection that it takes from the HTTP server, byte by byte.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// Bytes to send, and an end.
#[derive(Debug)]
pub(crate) struct RawScript {
    pub(crate) bytes: Vec<u8>,
    /// How fast they are sent; at once when there is none.
    pub(crate) pace: Option<Pace>,
    pub(crate) then: Then,
}

/// So many bytes, and then so long a wait.
#[derive(Debug)]
pub(crate) struct Pace {
    pub(crate) bytes: NonZeroUsize,
    pub(crate) every: Duration,
}

/// How the connection ends.
#[derive(Debug)]
pub(crate) enum Then {
    /// In order: the caller reads an end.
    Close,
    /// With a reset, which also throws away what the caller has sent and nobody has read.
    Reset,
    /// When the caller ends it, or the stub.
    Wait,
}

impl RawScript {
    /// Nothing but an end.
    pub(crate) fn end(then: Then) -> Self {
        Self { bytes: Vec::new(), pace: None, then }
    }

    /// Does it. A caller that is gone ends it early, and so does the end of the stub while there is nothing to send;
    /// `patience` is how long a caller has to read the next bytes, and the end of its connection.
    pub(crate) async fn play(
        self,
        mut stream: TcpStream,
        mut ending: watch::Receiver<()>,
        patience: Duration,
    ) {
        if self.send(&mut stream, patience).await.is_err() {
            return;
        }
        match self.then {
            // A socket that is closed with something left to read is reset: so the rest is read first.
            Then::Close if stream.shutdown().await.is_ok() => tokio::select! {
                _ = timeout(patience, read_to_end(&mut stream)) => {}
                _ = ending.changed() => {}
            },
            Then::Close => {}
            // Were it refused by the system, the connection would be closed in order.
            Then::Reset => drop(stream.set_zero_linger()),
            Then::Wait => tokio::select! {
                () = read_to_end(&mut stream) => {}
                _ = ending.changed() => {}
            },
        }
    }

    async fn send(&self, stream: &mut TcpStream, patience: Duration) -> io::Result<()> {
        let Some(pace) = &self.pace else { return write(stream, &self.bytes, patience).await };
        for (index, drop) in self.bytes.chunks(pace.bytes.get()).enumerate() {
            if index > 0 {
                sleep(pace.every).await;
            }
            write(stream, drop, patience).await?;
        }
        Ok(())
    }
}

/// Writes all, as long as some of it is taken in time: who does not read would hold it for ever, and a seat with it.
async fn write(stream: &mut TcpStream, mut bytes: &[u8], patience: Duration) -> io::Result<()> {
    while !bytes.is_empty() {
        let taken = timeout(patience, stream.write(bytes)).await??;
        bytes = bytes.get(taken..).filter(|_| taken > 0).ok_or(io::ErrorKind::WriteZero)?;
    }
    Ok(())
}

async fn read_to_end(stream: &mut TcpStream) {
    let mut ignored = [0; 4096];
    while stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}
