//! `cloudlx customers`.

mod create;
mod get;
mod list;
mod underway;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

#[derive(Debug, Subcommand)]
pub(crate) enum Customers {
    /// Check a request and create the customer, which is printed as JSON, for people too
    #[command(after_help = create::after_help())]
    Create(create::Create),
    /// List the customers
    ///
    /// All pages of the list are read. One that the server says is not whole is an error (exit code 3, or 4 where trying
    /// again can help). Customers that cannot be read are named on stderr, by place and id, and the exit code is 3; the
    /// others are printed.
    #[command(after_help = list::after_help())]
    List(list::List),
    /// Read one customer, which is printed as JSON, for people too
    #[command(after_help = get::after_help())]
    Get(get::Get),
}

impl Customers {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        match self {
            Self::Create(command) => command.run(output).await,
            Self::List(command) => command.run(output).await,
            Self::Get(command) => command.run(output).await,
        }
    }
}
