//! `cloudlx sub-realms`.

use cloudlx_model::SubRealmList;

use crate::arguments::Server;
use crate::connection::Connection;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;

/// Lists the sub-realms that a customer can be shown and given.
pub(crate) async fn list(server: &Server, format: Format) -> Result<Exit, Failure> {
    let connection = Connection::open(server, format).await?;
    let sub_realms = connection.client.list_sub_realms().await?;
    connection.close().await;
    match format {
        Format::Json => output::json(&SubRealmList { sub_realms })?,
        Format::Human => {
            let rows: Vec<_> = sub_realms
                .into_iter()
                .map(|sub_realm| {
                    [sub_realm.id.to_string(), sub_realm.name, sub_realm.description.unwrap_or_default()]
                })
                .collect();
            output::table(["ID", "NAME", "DESCRIPTION"], &rows)?;
        }
    }
    Ok(Exit::Done)
}
