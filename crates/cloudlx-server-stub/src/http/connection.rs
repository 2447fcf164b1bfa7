//! One connection, in HTTP/1 or, with the feature `http2`, in whichever version its caller speaks.

mod answered;
#[cfg(feature = "http2")]
mod http2;
#[cfg(feature = "http2")]
mod opening;

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

use super::connection_limit::{Seat, UnderWay};
use crate::api::answer::Body;
use crate::exchange::{Exchange, Reply};
use crate::wire::raw_script::RawScript;
use answered::Answered;

/// The buffer for the head of a request, in bytes. hyper answers 431 to a head that fills it, give or take one read.
const HEAD_BYTES: usize = 64 * 1024;

/// What a connection knows of its stub.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) exchange: Arc<Exchange>,
    pub(crate) seat: Seat,
    /// Its other end is dropped when the stub stops.
    pub(crate) ending: watch::Receiver<()>,
}

impl Connection {
    /// Serves it until it ends or a fault takes it over.
    pub(crate) async fn converse(self, stream: TcpStream) {
        // Answers are small and written whole: waiting to fill a packet only adds delay.
        let _ = stream.set_nodelay(true);
        self.converse_in_its_version(stream).await;
    }

    #[cfg(not(feature = "http2"))]
    async fn converse_in_its_version(self, stream: TcpStream) {
        self.converse_in_http1(stream, |stream| stream).await;
    }

    #[cfg(feature = "http2")]
    async fn converse_in_its_version(mut self, stream: TcpStream) {
        let opening =
            tokio::time::timeout(self.exchange.server.limits.header_time, opening::Opened::of(stream));
        let opened = tokio::select! {
            opened = opening => opened,
            // Nothing is under way.
            _ = self.ending.changed() => return,
            () = self.seat.told_to_end() => return,
        };
        // It said nothing in time, or is gone.
        let Ok(Ok(opened)) = opened else { return };
        if opened.is_http2() {
            self.converse_in_http2(opened).await;
        } else {
            self.converse_in_http1(opened, opening::Opened::into_stream).await;
        }
    }

    async fn converse_in_http1<S>(mut self, stream: S, bare: impl FnOnce(S) -> TcpStream)
    where
        TokioIo<S>: Read + Write + Unpin,
    {
        let patience = self.exchange.server.limits.header_time;
        let (hand_over, mut scripts) = mpsc::channel(1);
        let answering = self.clone();
        let service = service_fn(move |request| {
            let (answering, hand_over) = (answering.clone(), hand_over.clone());
            async move {
                match answering.answer(request).await {
                    Reply::Http(response) => Ok::<_, Infallible>(answering.seated(response)),
                    Reply::Script(script) => {
                        // The receiver lives as long as the connection. Then this future is dropped with the server's
                        // part of the connection, which is all that it waits for.
                        let _ = hand_over.send((script, answering.seat.begin())).await;
                        pending().await
                    }
                }
            }
        });
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(HEAD_BYTES);
        let mut connection = http.serve_connection(TokioIo::new(stream), service);
        let (mut told, mut makes_room) = (false, false);
        loop {
            let taken_over: Option<(RawScript, UnderWay)> = tokio::select! {
                // First, so that it gets to end by itself.
                biased;
                _ = &mut connection => return,
                taken_over = scripts.recv() => taken_over,
                _ = self.ending.changed(), if !told => None,
                () = self.seat.told_to_end(), if !makes_room => {
                    makes_room = true;
                    None
                }
                () = self.seat.sent_within(last_words(patience)), if makes_room => return,
            };
            if let Some((script, _under_way)) = taken_over {
                let stream = bare(connection.into_parts().io.into_inner());
                return script.play(stream, self.ending, patience).await;
            }
            told = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let _under_way = self.seat.begin();
        self.exchange.reply(request).await
    }

    /// The same answer, which says when it is taken.
    fn seated(&self, response: Response<Body>) -> Response<Answered> {
        response.map(|body| Answered::new(body, self.seat.clone()))
    }
}

/// How long the caller of a connection that makes room may pause while it takes its last answer.
fn last_words(patience: Duration) -> Duration {
    patience / 10
}
