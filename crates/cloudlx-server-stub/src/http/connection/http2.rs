//! A connection in HTTP/2, with several concurrent requests.
//!
//! A fault that closes or resets a connection, or breaks an answer off, ends the whole connection here. Nothing of the answer
//! is sent, because its bytes are those of HTTP/1.1. A fault that never answers leaves only its own request waiting.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::peeked::PeekedStream;
use super::{Connection, HEAD_BYTES, last_answer_pause};
use crate::exchange::Reply;
use crate::http::connection_limit::Slot;
use crate::wire::raw_script::Then;

/// How many requests of one connection may be active; further ones wait.
const STREAMS: u32 = 32;

/// How many bytes a peer may send on one connection before the stub reads them.
const WINDOW: u32 = 128 * 1024;

impl Connection {
    pub(super) async fn serve_http2(mut self, stream: PeekedStream) {
        let header_time = self.exchange.server.limits.header_time;
        let (end, mut ended) = mpsc::channel::<()>(1);
        let answering = self.clone();
        let service = service_fn(move |request| {
            let (mut answering, end) = (answering.clone(), end.clone());
            async move {
                match answering.answer(request).await {
                    Reply::Http(response) => Ok::<_, Infallible>(answering.tracked(response)),
                    Reply::Script(script) => {
                        let _active = answering.slot.begin_request();
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
            () = self.slot.idle_for(header_time) => false,
            _ = self.ending.changed() => false,
            () = self.slot.asked_to_close() => true,
        };
        // hyper finishes active requests and accepts no others.
        Pin::new(&mut connection).graceful_shutdown();
        let is_over = async {
            if !makes_room {
                tokio::select! {
                    () = self.slot.asked_to_close() => {}
                    () = idle_after_goaway(&self.slot, header_time) => return,
                }
            }
            self.slot.delivered(last_answer_pause(header_time)).await;
        };
        tokio::select! {
            // First, so that the peer gets the end of the connection as HTTP/2 sends it.
            biased;
            _ = &mut connection => {}
            _ = ended.recv() => {}
            () = is_over => {}
        }
    }
}

/// Completes when a connection that was told to close idles and its peer has not closed it.
async fn idle_after_goaway(slot: &Slot, header_time: Duration) {
    slot.idle_for(header_time).await;
    // It may have idled for as long before it was told.
    sleep(header_time).await;
}
