//! A response as it arrives, before anybody draws conclusions from it: its head, its body, and the reasons that it gives.

pub(crate) mod body;
pub(crate) mod byte_order_mark;
pub(crate) mod challenge;
pub(crate) mod error_payload;
pub(crate) mod error_reason;
pub(crate) mod head;
pub(crate) mod retry_after;
