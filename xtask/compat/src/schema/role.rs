//! Who writes a body: what may change in it depends on that.

/// Who writes the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The caller: what was accepted must still be accepted.
    Request,
    /// The server: what may come must be readable by yesterday's reader.
    Response,
}
