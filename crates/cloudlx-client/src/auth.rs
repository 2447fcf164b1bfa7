//! Credentials, and the access token that they are exchanged for.

pub(crate) mod bearer;
pub(crate) mod credentials;
pub(crate) mod token_answer;
pub(crate) mod token_cache;
