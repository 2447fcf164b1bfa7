//! The credentials that the environment has, and which of them are used.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cloudlx_client::{Credentials, SecretString};

use crate::environment::{NotText, setting};

const ID: &str = "CLOUDLX_CLIENT_ID";
const SECRET: Variable = Variable { name: "CLOUDLX_CLIENT_SECRET", of_file: "CLOUDLX_CLIENT_SECRET_FILE" };
const TOKEN: Variable = Variable { name: "CLOUDLX_ACCESS_TOKEN", of_file: "CLOUDLX_ACCESS_TOKEN_FILE" };

/// The longest secret that is read out of a file. A file that holds more is another one than was meant.
const MOST_SECRET_BYTES: u64 = 64 << 10;

/// A secret of the environment: in a variable, or in a file that another variable names.
struct Variable {
    name: &'static str,
    of_file: &'static str,
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    #[error("{name} is not set: {remedy}")]
    NotSet { name: &'static str, remedy: &'static str },
    #[error(transparent)]
    NotText(#[from] NotText),
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// Why a secret cannot be had. None of these shows it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    #[error("expected either {name} or {of_file}, found both: unset one of them")]
    BothSet { name: &'static str, of_file: &'static str },
    #[error("could not read {}, the file that {of_file} names: check the path and its permissions", path.display())]
    Read { of_file: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "expected a secret of at most {MOST_SECRET_BYTES} bytes in {}, the file that {of_file} names, found more: check the \
         path",
        path.display()
    )]
    TooLong { of_file: &'static str, path: PathBuf },
    #[error(
        "expected text (UTF-8) in {}, the file that {of_file} names, found other bytes: write the secret there as it is",
        path.display()
    )]
    NotText { of_file: &'static str, path: PathBuf },
    #[error(
        "expected a secret in {}, the file that {of_file} names, found none: write it there, or unset {of_file}",
        path.display()
    )]
    Empty { of_file: &'static str, path: PathBuf },
}

/// The credentials to use: an access token where there is one, else the client's id and secret.
pub(crate) fn from_environment() -> Result<Credentials, CredentialsError> {
    let (token, secret) = (TOKEN.value()?, SECRET.value()?);
    if let Some(token) = token {
        return Ok(Credentials::access_token(token));
    }
    let id = setting(ID)?.ok_or(CredentialsError::NotSet {
        name: ID,
        remedy: "set it and CLOUDLX_CLIENT_SECRET, or CLOUDLX_ACCESS_TOKEN",
    })?;
    let secret = secret.ok_or(CredentialsError::NotSet {
        name: SECRET.name,
        remedy: "set it beside CLOUDLX_CLIENT_ID, or CLOUDLX_CLIENT_SECRET_FILE to a file that holds it",
    })?;
    Ok(Credentials::client(id, secret))
}

/// The variable whose token is used although the client's id and secret are there too, and what says where the latter are.
pub(crate) struct TokenFirst {
    pub(crate) token: &'static str,
    pub(crate) secret: &'static str,
}

/// Whether the environment has a token, and an id and a secret besides, which a token keeps from being used.
pub(crate) fn token_first() -> Option<TokenFirst> {
    is_set(ID).then_some(TokenFirst { token: TOKEN.set()?, secret: SECRET.set()? })
}

/// The variable that the access token came from.
pub(crate) fn token_variable() -> &'static str {
    TOKEN.set().unwrap_or(TOKEN.name)
}

/// The variable that a `part` of the credentials came from, by the name that the client gives to the part.
pub(crate) fn variable_of_part(part: &str) -> &'static str {
    match part {
        "client id" => ID,
        "client secret" => SECRET.set().unwrap_or(SECRET.name),
        _ => token_variable(),
    }
}

impl TokenFirst {
    /// What people are told before the first call.
    pub(crate) fn notice(&self) -> String {
        let Self { token, secret } = self;
        format!(
            "using the access token of {token}, and not {ID} and {secret}, which are set too: unset {token} to use them"
        )
    }

    /// What a refusal of the token may come from.
    pub(crate) fn advice(&self) -> String {
        let Self { token, secret } = self;
        format!(
            "the access token came from {token}, which may be left over from earlier: unset it, and {ID} and {secret} are \
             used, which are set too"
        )
    }
}

impl Variable {
    fn value(&self) -> Result<Option<SecretString>, CredentialsError> {
        let Self { name, of_file } = *self;
        let value = setting(name)?;
        match (value, path(of_file)) {
            (Some(_), Some(_)) => Err(SecretError::BothSet { name, of_file }.into()),
            (None, Some(path)) => Ok(Some(read(of_file, Path::new(&path))?)),
            (value, None) => Ok(value.map(SecretString::from)),
        }
    }

    /// The one of both variables that is set.
    fn set(&self) -> Option<&'static str> {
        [self.name, self.of_file].into_iter().find(|name| is_set(name))
    }
}

/// An empty variable counts as not set, as for all others.
fn path(of_file: &str) -> Option<OsString> {
    env::var_os(of_file).filter(|path| !path.is_empty())
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The secret in a file, without the line end that editors and `echo` put behind it. What else is not part of it is for the
/// client to refuse, which says what it found.
fn read(of_file: &'static str, path: &Path) -> Result<SecretString, SecretError> {
    let mut bytes = Vec::new();
    let opened = File::open(path).and_then(|file| file.take(MOST_SECRET_BYTES + 1).read_to_end(&mut bytes));
    let path = path.to_owned();
    if let Err(source) = opened {
        return Err(SecretError::Read { of_file, path, source });
    }
    if bytes.len() as u64 > MOST_SECRET_BYTES {
        return Err(SecretError::TooLong { of_file, path });
    }
    let Ok(text) = str::from_utf8(&bytes) else { return Err(SecretError::NotText { of_file, path }) };
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if text.is_empty() {
        return Err(SecretError::Empty { of_file, path });
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use cloudlx_client::SecretString;
    use secrecy::ExposeSecret;

    use super::*;

    const OF_FILE: &str = "CLOUDLX_CLIENT_SECRET_FILE";

    fn read_bytes(bytes: &[u8]) -> Result<SecretString, SecretError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(OF_FILE, file.path())
    }

    #[test]
    fn one_line_end_behind_a_secret_is_none_of_it() {
        for (bytes, secret) in [
            (&b"s3cret"[..], "s3cret"),
            (b"s3cret\n", "s3cret"),
            (b"s3cret\r\n", "s3cret"),
            (b"s3cret\n\n", "s3cret\n"),
            (b"s3cret\r", "s3cret\r"),
            (b" s3 cret \n", " s3 cret "),
        ] {
            assert_eq!(read_bytes(bytes).unwrap().expose_secret(), secret, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_that_holds_no_secret_is_named_with_its_variable_and_never_shown() {
        let long = vec![b'q'; 70_000];
        for (bytes, found) in [
            (&b""[..], "found none"),
            (b"\n", "found none"),
            (b"\r\n", "found none"),
            (b"s3cret\xff", "found other bytes"),
            (b"\xff\xfes\0e\0c\0", "found other bytes"),
            (&long, "at most 65536 bytes"),
        ] {
            let error = read_bytes(bytes).unwrap_err();
            let said = error.to_string();
            assert!(said.contains(found) && said.contains(OF_FILE) && said.contains('/'), "{said}");
            assert!(!said.contains("s3cret") && !said.contains("qqq"), "{said}");
        }
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("missing")] {
            let error = read(OF_FILE, &path).unwrap_err();
            assert!(matches!(error, SecretError::Read { .. }), "{error:?}");
            assert!(error.to_string().contains(&path.display().to_string()), "{error}");
        }
    }
}
