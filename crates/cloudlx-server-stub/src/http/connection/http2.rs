//! A connection in HTTP/2, with several requests at once.
//!
//! A fault that does something to a connection, or breaks an answer off, ends the whole connection here, and nothing of the
//! answer is sent: bytes of HTTP/1.1 would mean nothing. One that leaves a request without an answer leaves that one.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::opening::Opened;
use super::{Connection, HEAD_BYTES, last_words};
use crate::exchange::Reply;
use crate::http::connection_limit::Seat;
use crate::wire::raw_script::Then;

/// How many requests of one connection are answered at once; the others wait.
const STREAMS: u32 = 32;

/// How much a caller may send on one connection before the stub has read it, in bytes.
const WINDOW: u32 = 128 * 1024;

impl Connection {
    pub(super) async fn converse_in_http2(mut self, stream: Opened) {
        let patience = self.exchange.server.limits.header_time;
        let (end, mut ended) = mpsc::channel::<()>(1);
        let answering = self.clone();
        let service = service_fn(move |request| {
            let (mut answering, end) = (answering.clone(), end.clone());
            async move {
                match answering.answer(request).await {
                    Reply::Http(response) => Ok::<_, Infallible>(answering.seated(response)),
                    Reply::Script(script) => {
                        let _under_way = answering.seat.begin();
                        if matches!(script.then, Then::Wait) {
                            let _ = answering.ending.changed().await;
                        }
                        let _ = end.send(()).await;
                        pending().await
                    }
                }
            }
        });
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS)
            .initial_connection_window_size(WINDOW)
            .initial_stream_window_size(WINDOW)
            .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
        let mut connection = http.serve_connection(TokioIo::new(stream), service);
        let makes_room = tokio::select! {
            _ = &mut connection => return,
            _ = ended.recv() => return,
            () = self.seat.idles_for(patience) => false,
            _ = self.ending.changed() => false,
            () = self.seat.told_to_end() => true,
        };
        // It is told to end, and ends what it has begun. When it idles, that is nothing.
        Pin::new(&mut connection).graceful_shutdown();
        let is_over = async {
            if !makes_room {
                tokio::select! {
                    () = self.seat.told_to_end() => {}
                    () = idled_out(&self.seat, patience) => return,
                }
            }
            self.seat.sent_within(last_words(patience)).await;
        };
        tokio::select! {
            // First, so that its caller is told.
            biased;
            _ = &mut connection => {}
            _ = ended.recv() => {}
            () = is_over => {}
        }
    }
}

/// Done when a connection that was told to end has not, although it idles.
async fn idled_out(seat: &Seat, patience: Duration) {
    seat.idles_for(patience).await;
    // It may have idled for as long before it was told.
    sleep(patience).await;
}
