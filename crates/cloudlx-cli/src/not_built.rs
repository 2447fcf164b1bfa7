//! Parts that this build leaves out.

use crate::failure::CommandError;

/// A command or an argument asks for a part that was not built.
#[derive(Debug, thiserror::Error)]
#[error("expected a build of cloudlx with the feature `{feature}`, found one without it: {what} needs it")]
pub(crate) struct NotBuilt {
    what: &'static str,
    feature: &'static str,
}

impl NotBuilt {
    /// `feature` of `cloudlx-cli` builds `what`.
    pub(crate) const fn new(what: &'static str, feature: &'static str) -> Self {
        Self { what, feature }
    }
}

impl CommandError for NotBuilt {
    fn advice(&self) -> Option<String> {
        let feature = self.feature;
        Some(format!(
            "build it with all of its parts, as `cargo run --` does in the workspace, or with this one: \
             `cargo run --package cloudlx-cli --no-default-features --features {feature} --`"
        ))
    }
}
