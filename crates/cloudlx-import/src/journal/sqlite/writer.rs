//! One thread that writes to the database and commits many writes together.
//!
//! A commit waits for the disk. All writes that are requested meanwhile share the next commit, so the cost of a row falls as
//! more rows are in flight.

use std::fmt;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::journal::JournalError;

/// The most jobs in one commit, so that the first of many does not wait long.
const MOST: usize = 1024;

/// A job returns whether it succeeded, and a function that tells its caller how the commit ended.
type Job = Box<dyn FnOnce(&Connection) -> (Result<(), String>, Reply) + Send>;
type Reply = Box<dyn FnOnce(Result<(), JournalError>)>;

pub(super) struct Writer {
    /// None once the writer is being dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread on this connection. The thread ends when the writer is dropped and every job is done.
    pub(super) fn start(connection: Connection) -> Self {
        let (jobs, queue) = mpsc::channel();
        let thread = thread::spawn(move || run(&connection, &queue));
        Self { jobs: Some(jobs), thread: Some(thread) }
    }

    /// Runs `work` in a transaction, and returns its result once the transaction is durable.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let closed = || JournalError::NotWritten { reason: "an earlier write failed".to_owned() };
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let worked = work(connection);
            let went = worked.as_ref().map(drop).map_err(ToString::to_string);
            let reply: Reply = Box::new(move |committed| {
                // A job's own failure says more than that of the commit, which follows from it.
                let told = if worked.is_ok() { committed.and(worked) } else { worked };
                // A caller that no longer waits was dropped, and finds the result when it opens the journal again.
                let _ = tell.send(told);
            });
            (went, reply)
        });
        self.jobs.as_ref().ok_or_else(closed)?.send(job).map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }
}

/// Waits until every job is done, so that nothing is written after the journal's lock is released.
impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // The caller of the job that panicked got an error.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}

fn run(connection: &Connection, queue: &mpsc::Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let jobs = std::iter::once(first).chain(queue.try_iter()).take(MOST);
        let mut replies = Vec::new();
        let committed = together(connection, jobs, &mut replies);
        if committed.is_err() && !connection.is_autocommit() && connection.execute_batch("ROLLBACK").is_err()
        {
            // The content of the file is not known now, so no caller gets a result any more.
            return;
        }
        for reply in replies {
            reply(committed.clone().map_err(|reason| JournalError::NotWritten { reason }));
        }
    }
}

/// Runs the jobs in one transaction. The transaction stays open where one of them fails.
fn together(
    connection: &Connection,
    jobs: impl Iterator<Item = Job>,
    replies: &mut Vec<Reply>,
) -> Result<(), String> {
    let execute = |sql| connection.execute_batch(sql).map_err(|error| error.to_string());
    execute("BEGIN IMMEDIATE")?;
    for job in jobs {
        let (went, reply) = job(connection);
        replies.push(reply);
        went?;
    }
    execute("COMMIT")
}
