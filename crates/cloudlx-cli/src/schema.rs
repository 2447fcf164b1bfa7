//! `cloudlx schema`.

use cloudlx_model::schema::Document;
use cloudlx_server_stub::faults;
use cloudlx_validate::schema;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;

/// Prints the schema called `name`, or the names of all.
pub(crate) fn run(name: Option<&str>, format: Format) -> Result<Exit, Failure> {
    match (name, format) {
        (Some(name), _) => {
            let document = documents().into_iter().find(|document| document.name == name);
            let document = document.ok_or_else(|| Failure::NoSchema { name: name.to_owned() })?;
            output::json(&document.schema)?;
        }
        (None, Format::Human) => {
            for document in documents() {
                output::line(document.name)?;
            }
        }
        (None, Format::Json) => {
            let names: Vec<_> = documents().iter().map(|document| document.name).collect();
            output::json(&names)?;
        }
    }
    Ok(Exit::Done)
}

/// The API's own, and that of the stub's faults.
fn documents() -> Vec<Document> {
    schema::documents().into_iter().chain([faults::schema()]).collect()
}
