//! The arguments of `cargo xtask chaos`.

use std::num::NonZeroUsize;

/// Import customers while everything fails, and check that none is lost and none made twice
#[derive(Debug, Clone, clap::Parser)]
#[command(name = "cargo xtask chaos", bin_name = "cargo xtask chaos")]
pub(crate) struct Chaos {
    /// How many worlds to try
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) seeds: u64,
    /// The first seed
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub(crate) first: u64,
    /// How many customers to import in each
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) rows: usize,
    /// How many worlds to try at once, which mostly wait [default: three for each of the machine's cores]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Try the program as it is released, which takes minutes to build
    #[arg(long)]
    pub(crate) release: bool,
    /// Try importers that are broken on purpose instead; exit 1 when the checker does not see it
    #[arg(long)]
    pub(crate) broken: bool,
}
