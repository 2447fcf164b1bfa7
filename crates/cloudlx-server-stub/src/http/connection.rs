//! One connection: HTTP/1 or, with the feature `http2`, the version that its peer speaks.

#[cfg(feature = "http2")]
mod http2;
#[cfg(feature = "http2")]
mod peeked;
mod tracked_body;

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

use super::connection_limit::{ActiveRequest, Slot};
use crate::api::answer::Body;
use crate::exchange::{Exchange, Reply};
use crate::wire::raw_script::RawScript;
#[cfg(feature = "http2")]
use peeked::PeekedStream;
use tracked_body::TrackedBody;

/// The buffer for the head of a request, in bytes. hyper answers 431 to a head that fills it, give or take one read.
const HEAD_BYTES: usize = 64 * 1024;

/// The parts of the stub that a connection uses.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) slot: Slot,
    /// Its sender is dropped when the stub stops.
    pub(crate) ending: watch::Receiver<()>,
}

impl Connection {
    /// Serves the connection until it ends or a fault takes it over.
    pub(crate) async fn serve(self, stream: TcpStream) {
        // Answers are small and written whole: waiting for a full packet only adds delay.
        let _ = stream.set_nodelay(true);
        self.serve_version(stream).await;
    }

    #[cfg(not(feature = "http2"))]
    async fn serve_version(self, stream: TcpStream) {
        self.serve_http1(stream, |stream| stream).await;
    }

    #[cfg(feature = "http2")]
    async fn serve_version(mut self, stream: TcpStream) {
        let peeking =
            tokio::time::timeout(self.exchange.server.limits.header_time, PeekedStream::peek(stream));
        let peeked = tokio::select! {
            peeked = peeking => peeked,
            // No request is active.
            _ = self.ending.changed() => return,
            () = self.slot.asked_to_close() => return,
        };
        // The peer sent nothing in time, or is gone.
        let Ok(Ok(stream)) = peeked else { return };
        if stream.is_http2() {
            self.serve_http2(stream).await;
        } else {
            self.serve_http1(stream, PeekedStream::into_stream).await;
        }
    }

    async fn serve_http1<S>(mut self, stream: S, into_tcp: impl FnOnce(S) -> TcpStream)
    where
        TokioIo<S>: Read + Write + Unpin,
    {
        let header_time = self.exchange.server.limits.header_time;
        let (takeover, mut takeovers) = mpsc::channel(1);
        let answering = self.clone();
        let service = service_fn(move |request| {
            let (answering, takeover) = (answering.clone(), takeover.clone());
            async move {
                match answering.answer(request).await {
                    Reply::Http(response) => Ok::<_, Infallible>(answering.tracked(response)),
                    Reply::Script(script) => {
                        // The receiver lives as long as the connection. This future waits until it is dropped with hyper's
                        // part of the connection.
                        let _ = takeover.send((script, answering.slot.begin_request())).await;
                        pending().await
                    }
                }
            }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(header_time).max_buf_size(HEAD_BYTES);
        let mut connection = http.serve_connection(TokioIo::new(stream), service);
        let (mut closing, mut makes_room) = (false, false);
        loop {
            let taken_over: Option<(RawScript, ActiveRequest)> = tokio::select! {
                // First, so that a connection that ends by itself is not cut off.
                biased;
                _ = &mut connection => return,
                taken_over = takeovers.recv() => taken_over,
                _ = self.ending.changed(), if !closing => None,
                () = self.slot.asked_to_close(), if !makes_room => {
                    makes_room = true;
                    None
                }
                () = self.slot.delivered(last_answer_pause(header_time)), if makes_room => return,
            };
            if let Some((script, _active)) = taken_over {
                let stream = into_tcp(connection.into_parts().io.into_inner());
                return script.play(stream, self.ending, header_time).await;
            }
            closing = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let _active = self.slot.begin_request();
        self.exchange.reply(request).await
    }

    /// The same answer, whose body reports to the slot what the peer reads.
    fn tracked(&self, response: Response<Body>) -> Response<TrackedBody> {
        response.map(|body| TrackedBody::new(body, self.slot.clone()))
    }
}

/// How long the peer of a connection that makes room may pause while it reads its last answer.
fn last_answer_pause(header_time: Duration) -> Duration {
    header_time / 10
}
