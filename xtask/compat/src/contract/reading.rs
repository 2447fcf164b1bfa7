//! Reads a version of the contract, and checks that its rules and vectors are what its schemas say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::contract::{Contract, ContractError, FOLDER};
use crate::schema::algebra;
use crate::written::visible;
use crate::{rules, vectors};

const RULES_SCHEMA: &str = "rules.schema.json";
const VECTOR_SCHEMA: &str = "vector.schema.json";

impl Contract {
    /// The working tree's version.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or holds no JSON, and when there is none.
    pub fn read(root: &Path) -> Result<Self, ContractError> {
        Self::read_folder(&root.join(FOLDER))
    }

    /// The version in `folder`.
    ///
    /// # Errors
    ///
    /// As for [`Contract::read`].
    pub fn read_folder(folder: &Path) -> Result<Self, ContractError> {
        let mut texts = Vec::new();
        collect(folder, "", &mut texts)?;
        Self::parse(texts)
    }

    /// A version from paths and texts; files without the ending `.json` are left out.
    pub(crate) fn parse(texts: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, ContractError> {
        let files = texts.into_iter().filter(|(path, _)| is_json(path)).map(|(path, text)| {
            match serde_json::from_slice(&text) {
                Ok(value) => Ok((path, value)),
                Err(source) => Err(ContractError::Json { path, source }),
            }
        });
        let files: BTreeMap<_, _> = files.collect::<Result<_, _>>()?;
        if files.is_empty() {
            return Err(ContractError::Empty);
        }
        let contract = Self { files };
        contract.check()?;
        Ok(contract)
    }

    /// Checks the rules and vectors against their schemas.
    pub(crate) fn check(&self) -> Result<(), ContractError> {
        let vectors = self.files.keys().filter(|path| path.starts_with(vectors::FOLDER));
        let pairs =
            [(rules::FILE, RULES_SCHEMA)].into_iter().chain(vectors.map(|it| (it.as_str(), VECTOR_SCHEMA)));
        let validators =
            [RULES_SCHEMA, VECTOR_SCHEMA].map(|path| self.file(path).and_then(algebra::validator));
        for (path, schema) in pairs {
            let [of_rules, of_vectors] = &validators;
            let validator = if schema == RULES_SCHEMA { of_rules } else { of_vectors };
            let (Some(file), Some(validator)) = (self.file(path), validator) else { continue };
            if let Err(error) = validator.validate(file) {
                return Err(ContractError::Refused {
                    path: path.to_owned(),
                    expected: format!("what {FOLDER}/{schema} says"),
                    found: format!(
                        "at {:?}: {}",
                        error.instance_path().to_string(),
                        visible(&error.masked().to_string())
                    ),
                });
            }
        }
        rules::RuleList::read(self)?;
        vectors::read(self)?;
        Ok(())
    }
}

pub(crate) fn is_json(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|it| it == "json")
}

fn collect(folder: &Path, inside: &str, texts: &mut Vec<(String, Vec<u8>)>) -> Result<(), ContractError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| ContractError::Io { path, source }
    };
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.is_dir() {
            collect(&path, &format!("{inside}{name}/"), texts)?;
        } else if is_json(name) {
            texts.push((format!("{inside}{name}"), fs::read(&path).map_err(io(&path))?));
        }
    }
    Ok(())
}
