//! Who writes a body, which decides what may change in it.

/// Who writes the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The caller: what was accepted must still be accepted.
    Request,
    /// The server: what may come must be readable by yesterday's reader.
    Response,
}
