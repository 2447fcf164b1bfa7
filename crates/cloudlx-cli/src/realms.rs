//! `cloudlx realms`.

use cloudlx_model::RealmList;

use crate::arguments::Server;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;

/// Lists the realms that a customer can be given.
pub(crate) async fn list(server: &Server, format: Format) -> Result<Exit, Failure> {
    let connection = Connection::open(server, format).await?;
    let realms = connection.client.list_realms().await?;
    connection.close().await;
    match format {
        Format::Json => output::json(&RealmList { realms })?,
        Format::Human => {
            let rows: Vec<_> = realms
                .into_iter()
                .map(|realm| {
                    let id = realm.id.map(|id| id.to_string()).unwrap_or_default();
                    [id, realm.name, realm.description.unwrap_or_default()]
                })
                .collect();
            output::table(["ID", "NAME", "DESCRIPTION"], &rows)?;
        }
    }
    Ok(Exit::Done)
}
