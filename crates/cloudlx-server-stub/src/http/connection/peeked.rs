//! Detects the version of HTTP by the first bytes of a connection ("prior knowledge", RFC 9113, 3.3).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The first bytes of every connection in HTTP/2, and of none in HTTP/1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A stream whose first bytes were peeked at: a reader still gets them.
pub(super) struct PeekedStream {
    first: Vec<u8>,
    read: usize,
    stream: TcpStream,
}

impl PeekedStream {
    /// Reads as many bytes as the version needs: mostly one.
    pub(super) async fn peek(mut stream: TcpStream) -> io::Result<Self> {
        let mut first = Vec::new();
        while first.len() < PREFACE.len() && PREFACE.starts_with(&first) {
            let left = (PREFACE.len() - first.len()) as u64;
            if (&mut stream).take(left).read_buf(&mut first).await? == 0 {
                break;
            }
        }
        Ok(Self { first, read: 0, stream })
    }

    pub(super) fn is_http2(&self) -> bool {
        self.first == PREFACE
    }

    /// The stream itself, once its first bytes were read.
    pub(super) fn into_stream(self) -> TcpStream {
        self.stream
    }
}

impl AsyncRead for PeekedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { first, read, stream } = &mut *self;
        let left = first.get(*read..).unwrap_or_default();
        if left.is_empty() {
            return Pin::new(stream).poll_read(context, buffer);
        }
        let now = left.get(..buffer.remaining()).unwrap_or(left);
        buffer.put_slice(now);
        *read += now.len();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for PeekedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
