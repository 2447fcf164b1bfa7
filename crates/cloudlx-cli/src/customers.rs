//! `cloudlx customers`: create, list, get.

use std::path::Path;

use cloudlx_client::Error;
use cloudlx_model::{CustomerId, CustomerList};
use cloudlx_validate::from_json;

use crate::arguments::Server;
use crate::connection::{Connection, say_wait};
use crate::documents;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::report::{self, DocumentReport};
use crate::underway::Underway;
use crate::{interrupt, output};

/// Checks the request in `file` and creates the customer.
///
/// The customer is printed as JSON in either format: that is what the API answers, and people read it well.
pub(crate) async fn create(file: &Path, server: &Server, format: Format) -> Result<Exit, Failure> {
    let file = documents::File::read(file)?;
    let documents = file.documents();
    let [document] = documents.as_slice() else {
        return Err(Failure::NotOneRequest { source_name: file.name.clone(), found: documents.len() });
    };
    let request = match from_json(document.bytes) {
        Ok(request) => request,
        Err(violations) => {
            if format == Format::Human {
                report::show(&file, document, &violations, report::MOST_SHOWN);
            }
            return Err(Failure::Invalid(DocumentReport::new(document, Some(violations))));
        }
    };

    let underway = Underway::default();
    let (leaves, waits) = (underway.clone(), underway.clone());
    let tell = move |error: &Error, wait| {
        waits.is_not_processed();
        say_wait(error, wait, format);
    };
    let connection = Connection::open_with(server, format, |builder| builder.on_wait(tell)).await?;
    let broken_off = underway.clone();
    let told_to_stop =
        interrupt::listen(move || if broken_off.end() { Exit::Unknown } else { Exit::NotProcessed })?;
    let creating = connection.client.create_customer_while(&request, move || leaves.may_leave());
    let customer = tokio::select! {
        created = creating => created?,
        () = told_to_stop => return Err(if underway.end() { Failure::Interrupted } else { Failure::InterruptedBefore }),
    };
    // From here on the customer exists, whatever else fails.
    let printed = output::json(&customer);
    connection.close().await;
    printed.map_err(|source| Failure::CreatedNotPrinted { id: customer.id, source: Box::new(source) })?;
    if format == Format::Human {
        output::note(&format!("created customer {}", customer.id));
    }
    Ok(Exit::Done)
}

/// Lists the customers. Those that cannot be read are a failure, when the others are printed.
pub(crate) async fn list(server: &Server, format: Format) -> Result<Exit, Failure> {
    let connection = Connection::open(server, format).await?;
    let (customers, unreadable) = connection.client.list_customers().await?.split();
    connection.close().await;
    let total = customers.len() + unreadable.len();
    match format {
        Format::Json => output::json(&CustomerList { customers })?,
        Format::Human => {
            let rows: Vec<_> = customers
                .into_iter()
                .map(|customer| {
                    [customer.id.to_string(), customer.name, customer.currency.iso_3, customer.country.iso_2]
                })
                .collect();
            output::table(["ID", "NAME", "CURRENCY", "COUNTRY"], &rows)?;
        }
    }
    if unreadable.is_empty() { Ok(Exit::Done) } else { Err(Failure::Unreadable { total, unreadable }) }
}

/// Reads one customer, and prints it as JSON in either format, as [`create`] does.
pub(crate) async fn get(id: CustomerId, server: &Server, format: Format) -> Result<Exit, Failure> {
    let connection = Connection::open(server, format).await?;
    let customer = connection.client.get_customer(id).await?;
    connection.close().await;
    output::json(&customer)?;
    Ok(Exit::Done)
}
