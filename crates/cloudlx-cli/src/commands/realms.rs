//! `cloudlx realms`.

use clap::Subcommand;
use cloudlx_model::{Realm, RealmList};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{self, Output, Print};
use crate::server::{Connection, ENVIRONMENT, Server};

#[derive(Debug, Subcommand)]
pub(crate) enum Realms {
    /// List them
    #[command(after_help = format!("{ENVIRONMENT}\n\nExample:\n  cloudlx realms list --stub"))]
    List {
        #[command(flatten)]
        server: Server,
    },
}

impl Realms {
    pub(super) async fn run(self, output: Output) -> Result<Exit, Failure> {
        match self {
            Self::List { server } => list(&server, output).await,
        }
    }
}

async fn list(server: &Server, output: Output) -> Result<Exit, Failure> {
    let connection = Connection::open(server, output).await?;
    let realms = connection.client.list_realms().await?;
    connection.close().await;
    output.print(&Listed(RealmList::new(realms)))?;
    Ok(Exit::Done)
}

struct Listed(RealmList);

impl Print for Listed {
    fn json(&self) -> impl Serialize {
        &self.0
    }

    fn human(&self) -> Vec<String> {
        let row = |realm: &Realm| {
            let id = realm.id.map(|id| id.to_string()).unwrap_or_default();
            [id, realm.name.clone(), realm.description.clone().unwrap_or_default()]
        };
        let rows: Vec<_> = self.0.realms.iter().map(row).collect();
        output::table(["ID", "NAME", "DESCRIPTION"], &rows)
    }
}
