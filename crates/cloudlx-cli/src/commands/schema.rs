//! `cloudlx schema`: the contract for other languages, as `schemas/v1` publishes it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{fs, io};

use clap::Args;
use cloudlx_openapi::{OpenApiError, VectorError, files};
use cloudlx_server_stub::{control_document, faults};
use cloudlx_validate::nearest;
use serde::Serialize;
use serde_json::Value;

use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::output::{self, Output, Print};

pub(super) const AFTER_HELP: &str = "\
Names:
  NAME.request, NAME    The JSON Schema of a body; `cloudlx schema` lists all
  faults                The JSON Schema of the stub's faults
  openapi               The OpenAPI document of the API
  stub.openapi          The OpenAPI document of the stub's control API
  rules, rules.schema   The rules, with a CEL expression where JSON Schema cannot say one
  vectors, vector       Documents with the violations that each must give

Example:
  cloudlx schema create-customer.request
  cloudlx schema --out contract";

#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// Which document, such as create-customer.request, openapi, rules or vectors
    name: Option<String>,
    /// Write all documents into this folder, which is made when it is not there
    #[arg(long, value_name = "DIR", conflicts_with = "name", help_heading = "Output")]
    out: Option<PathBuf>,
}

/// Why no document was printed or written.
#[derive(Debug, thiserror::Error)]
enum SchemaError {
    #[error("expected the name of a document of the contract, found {name}{}", remedy(nearest.as_deref()))]
    Unknown { name: String, nearest: Option<String> },
    #[error("could not make the OpenAPI document, which is a bug: please report it")]
    OpenApi(#[from] OpenApiError),
    #[error("could not make the vectors, which is a bug: please report it")]
    Vectors(#[from] VectorError),
    #[error("could not read a document that was made, which is a bug: please report it")]
    Json(#[from] serde_json::Error),
    #[error("could not write {}: check the folder and its permissions", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl CommandError for SchemaError {}

fn remedy(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!(": write {nearest} (`cloudlx schema` lists all)"),
        None => ": `cloudlx schema` lists them".to_owned(),
    }
}

impl Schema {
    /// Prints the document of this name, or the names of all, or writes all into a folder.
    pub(super) fn run(self, output: Output) -> Result<Exit, Failure> {
        match (self.name, self.out) {
            (Some(name), _) => output::own_text(document(&name)?.trim_end())?,
            (None, Some(folder)) => {
                let written = write(&folder)?;
                output.note(&format!("wrote {written} files to {}", folder.display()));
            }
            (None, None) => {
                let documents = documents()?;
                let names = documents.keys().map(|file| name_of(file)).chain([VECTORS]);
                output.print(&Names(names.map(str::to_owned).collect()))?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The name under which all vectors are printed.
const VECTORS: &str = "vectors";

/// The name of a document by its file's: `.schema.json` and `.json` are left out, but for `rules`, of which there are two.
fn name_of(file: &str) -> &str {
    let json = file.strip_suffix(".json").unwrap_or(file);
    match json.strip_suffix(".schema") {
        Some("rules") | None => json,
        Some(schema) => schema,
    }
}

/// The documents by file name: the API's, and the stub's two.
fn documents() -> Result<BTreeMap<String, String>, SchemaError> {
    let mut documents = files::documents()?;
    documents.insert("faults.schema.json".to_owned(), files::to_text(&faults::schema().schema)?);
    documents.insert("stub.openapi.json".to_owned(), files::to_text(&control_document()?)?);
    Ok(documents)
}

/// The text of a document.
fn document(name: &str) -> Result<String, SchemaError> {
    if name == VECTORS {
        let vectors = files::vectors()?.into_iter().map(|(file, text)| {
            let name = file.trim_start_matches("vectors/").trim_end_matches(".json").to_owned();
            Ok((name, serde_json::from_str(&text)?))
        });
        return Ok(files::to_text(&vectors.collect::<Result<BTreeMap<String, Value>, SchemaError>>()?)?);
    }
    let documents = documents()?;
    let found = documents.iter().find(|(file, _)| name_of(file) == name || *file == name);
    found.map(|(_, text)| text.clone()).ok_or_else(|| {
        let names: Vec<_> = documents.keys().map(|file| name_of(file)).chain([VECTORS]).collect();
        SchemaError::Unknown { name: name.to_owned(), nearest: meant(name, &names).map(str::to_owned) }
    })
}

/// The name that was meant by one that no document has: it may be misspelt, and lack `.request`.
fn meant<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    const REQUEST: &str = ".request";
    let requests = || names.iter().filter_map(|name| Some((*name, name.strip_suffix(REQUEST)?)));
    nearest(name, names.iter().copied()).or_else(|| {
        let short = nearest(name, requests().map(|(_, short)| short))?;
        requests().find(|(_, other)| *other == short).map(|(request, _)| request)
    })
}

/// Writes all documents, byte for byte as `schemas/v1` has them, and counts them. Other files of the folder stay.
fn write(folder: &std::path::Path) -> Result<usize, SchemaError> {
    let mut all = documents()?;
    all.extend(files::vectors()?);
    for (name, text) in &all {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text)).map_err(|source| SchemaError::Write { path, source })?;
    }
    Ok(all.len())
}

/// The names of all documents.
struct Names(Vec<String>);

impl Print for Names {
    fn json(&self) -> impl Serialize {
        &self.0
    }

    fn human(&self) -> Vec<String> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_misspelt_and_lack_its_end() {
        let names = ["access-token", "create-customer.request", "customer"];
        for name in ["create-customer", "create-custmer", "create-customer.reqest"] {
            assert_eq!(meant(name, &names), Some("create-customer.request"), "{name}");
        }
        assert_eq!(meant("custommer", &names), Some("customer"));
        assert_eq!(meant("what is this", &names), None);
    }
}
