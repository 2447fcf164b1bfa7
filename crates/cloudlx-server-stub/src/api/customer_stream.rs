//! A list of customers of any length, a page at a time: a million of them are never in memory as JSON.

use cloudlx_model::CustomerList;
use http_body_util::channel::Sender;
use hyper::body::Bytes;

use crate::StateError;
use crate::store::{Batch, Cursor, Store};

/// The part of a list that is yet to be read and written.
#[derive(Debug, Clone)]
pub(crate) struct Remainder(Cursor);

/// Why a list cannot be finished.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Interrupted {
    #[error(transparent)]
    State(#[from] StateError),
    #[error(
        "expected the customers that were there when the list began, found that they were forgotten: list again"
    )]
    Forgotten,
    #[error("could not write a customer as JSON")]
    Json(#[from] serde_json::Error),
}

impl Remainder {
    /// What follows the batch that ends at this cursor.
    pub(crate) fn after(cursor: Cursor) -> Self {
        Self(cursor)
    }

    /// Sends it as it is read, and breaks off when it cannot be read.
    pub(crate) async fn send(mut self, store: &dyn Store, mut to: Sender<Bytes, Interrupted>) {
        loop {
            let bytes = match self.next(store).await {
                Ok(bytes) => bytes,
                Err(error) => return to.abort(error),
            };
            // Nobody reads on when it cannot be sent.
            if to.send_data(bytes.into()).await.is_err() || self.0 == Cursor::END {
                return;
            }
        }
    }

    /// Adds it to what comes before it.
    pub(crate) async fn add_to(mut self, store: &dyn Store, body: &mut Vec<u8>) -> Result<(), Interrupted> {
        while self.0 != Cursor::END {
            body.extend(self.next(store).await?);
        }
        Ok(())
    }

    /// The next page as JSON, with the end of the list after the last.
    async fn next(&mut self, store: &dyn Store) -> Result<Vec<u8>, Interrupted> {
        let Batch { customers, next } = store.batch(self.0).await?.ok_or(Interrupted::Forgotten)?;
        let mut json = Vec::new();
        for customer in &customers {
            json.push(b',');
            serde_json::to_writer(&mut json, customer)?;
        }
        if next.is_none() {
            json.extend(end());
        }
        self.0 = next.unwrap_or(Cursor::END);
        Ok(json)
    }
}

/// What comes after the last customer.
pub(crate) fn end() -> Vec<u8> {
    let mut empty = serde_json::to_vec(&CustomerList::new(Vec::new())).unwrap_or_default();
    let opened = empty.iter().position(|byte| *byte == b'[').map_or(0, |place| place + 1);
    empty.split_off(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_list() {
        assert_eq!(end(), b"]}");
    }
}
