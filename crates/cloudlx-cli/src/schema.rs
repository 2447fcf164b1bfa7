//! `cloudlx schema`.

use cloudlx_validate::schema;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::format::Format;
use crate::output;

/// Prints the schema called `name`, or the names of all.
pub(crate) fn run(name: Option<&str>, format: Format) -> Result<Exit, Failure> {
    match (name, format) {
        (Some(name), _) => {
            let document =
                schema::document(name).ok_or_else(|| Failure::NoSchema { name: name.to_owned() })?;
            output::json(&document.schema)?;
        }
        (None, Format::Human) => {
            for document in schema::documents() {
                output::line(document.name)?;
            }
        }
        (None, Format::Json) => {
            let names: Vec<_> = schema::documents().iter().map(|document| document.name).collect();
            output::json(&names)?;
        }
    }
    Ok(Exit::Done)
}
