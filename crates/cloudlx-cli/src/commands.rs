//! The commands. Each file has one: its arguments, its work and its errors.

mod completions;
mod customers;
#[cfg(feature = "drift")]
mod drift;
#[cfg(feature = "import")]
mod import;
#[cfg(not(all(feature = "drift", feature = "import")))]
mod left_out;
mod realms;
mod schema;
mod stub;
mod sub_realms;
mod validate;

use clap::{Command as Parser, Subcommand};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create, list and read customers
    #[command(subcommand)]
    Customers(customers::Customers),
    /// The realms that a customer can be given
    #[command(subcommand)]
    Realms(realms::Realms),
    /// The sub-realms that a customer can be shown and given
    #[command(subcommand, name = "sub-realms")]
    SubRealms(sub_realms::SubRealms),
    /// Create a customer for each row of a file: none lost, none twice
    ///
    /// Every row is checked before any is sent. The journal keeps what became of each: the same command again goes on
    /// where the last one ended, however it did.
    #[cfg(feature = "import")]
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = import::after_help())]
    Import(import::Import),
    /// Create a customer for each row of a file (not in this build)
    #[cfg(not(feature = "import"))]
    #[command(after_help = left_out::AFTER_HELP)]
    Import(left_out::LeftOut),
    /// Check create-customer requests; sends nothing
    #[command(after_help = validate::AFTER_HELP)]
    Validate(validate::Validate),
    /// Run a stub of the API until it is interrupted
    ///
    /// The client's id and secret are both `stub`, unless `CLOUDLX_STUB_CLIENTS=ID:SECRET,…` says otherwise.
    #[command(after_help = stub::AFTER_HELP)]
    Stub(stub::StubArguments),
    /// Check whether a live API still answers as the contract says; calls only what reads
    ///
    /// Asks for a token, calls the lists and the details of a few customers, and holds each answer against the contract:
    /// status, media type, and every field. Prints no value of any answer. Exits 0 when all is the same or there are new
    /// fields only, 1 when it has drifted, 3 or 4 when a call could not be checked.
    #[cfg(feature = "drift")]
    #[command(after_help = drift::after_help())]
    Drift(drift::Drift),
    /// Check whether a live API still answers as the contract says (not in this build)
    #[cfg(not(feature = "drift"))]
    #[command(after_help = left_out::AFTER_HELP)]
    Drift(left_out::LeftOut),
    /// Print a document of the contract, or the names of all
    #[command(after_help = schema::AFTER_HELP)]
    Schema(schema::Schema),
    /// Print a completion script for a shell
    #[command(after_help = completions::AFTER_HELP)]
    Completions(completions::Completions),
}

impl Command {
    /// Runs the command. `program` is the whole command line's parser, for completions.
    pub(crate) async fn run(self, output: Output, program: fn() -> Parser) -> Result<Exit, Failure> {
        match self {
            Self::Customers(command) => command.run(output).await,
            Self::Realms(command) => command.run(output).await,
            Self::SubRealms(command) => command.run(output).await,
            #[cfg(feature = "import")]
            Self::Import(command) => command.run(output).await,
            #[cfg(not(feature = "import"))]
            Self::Import(command) => command.run("the command `import`", "import"),
            Self::Validate(command) => command.run(output),
            Self::Stub(command) => command.run().await,
            #[cfg(feature = "drift")]
            Self::Drift(command) => command.run(output).await,
            #[cfg(not(feature = "drift"))]
            Self::Drift(command) => command.run("the command `drift`", "drift"),
            Self::Schema(command) => command.run(output),
            Self::Completions(command) => command.run(program),
        }
    }
}
