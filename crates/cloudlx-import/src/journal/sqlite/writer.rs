//! One thread that works on the database, and commits together what comes together.
//!
//! A commit waits for the disk. What is asked for while it does is done in the next one, all of it, so that the more rows
//! are in flight, the less each of them pays.

use std::fmt;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::journal::JournalError;

/// How much is committed together at most, so that nobody waits long for the first of many.
const MOST: usize = 1024;

/// A piece of work; whether it went well, and what tells who asked for it how the commit ended.
type Job = Box<dyn FnOnce(&Connection) -> (Result<(), String>, Reply) + Send>;
type Reply = Box<dyn FnOnce(Result<(), JournalError>)>;

pub(super) struct Writer {
    /// There until it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Takes the connection; the thread ends when the writer is dropped and all that was asked for is done.
    pub(super) fn start(connection: Connection) -> Self {
        let (jobs, queue) = mpsc::channel();
        let thread = thread::spawn(move || run(&connection, &queue));
        Self { jobs: Some(jobs), thread: Some(thread) }
    }

    /// Does `work` in a transaction, and says how it went when that is durable.
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
                // Its own failure says more than that of the commit, which follows from it.
                let told = if worked.is_ok() { committed.and(worked) } else { worked };
                // Whoever no longer waits was dropped, and opens the journal anew to see.
                let _ = tell.send(told);
            });
            (went, reply)
        });
        self.jobs.as_ref().ok_or_else(closed)?.send(job).map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }
}

/// Waits until all that was asked for is done, so that nothing is written once the journal's lock is free.
impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was seen by whoever asked for the work.
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
            // What is in the file is unclear now, and nobody is told anything more of it.
            return;
        }
        for reply in replies {
            reply(committed.clone().map_err(|reason| JournalError::NotWritten { reason }));
        }
    }
}

/// Does the jobs in one transaction, which stays open where one of them fails.
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
