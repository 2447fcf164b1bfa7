//! Locks whose holders may panic.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes a lock, also after a thread panicked with it: the stub makes every change under a lock in one step.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
