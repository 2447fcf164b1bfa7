//! Where a database is, and how it is reached. The password is shown nowhere.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long a server that is silent is taken to be there.
const SILENCE: Duration = Duration::from_secs(30);

/// The address of a database. `Debug` and `Display` show no password.
#[derive(Clone)]
pub struct Address {
    config: Config,
}

/// Why an address is none. It does not quote the address, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// It cannot be read.
    #[error(
        "expected the journal's database as postgres://USER@HOST:PORT/DATABASE, found an address that cannot be read: write \
         special characters in it as %XX, and set the password in PGPASSWORD"
    )]
    Unreadable,
    /// It says no host.
    #[error(
        "expected a host in the journal's address, found none: write postgres://USER@HOST/DATABASE, or \
         postgres:///DATABASE?host=/FOLDER for a socket in a folder"
    )]
    NoHost,
    /// It says no database.
    #[error("expected a database in the journal's address, found none: write postgres://USER@HOST/DATABASE")]
    NoDatabase,
}

impl Address {
    /// Whether a text is meant to be the address of a PostgreSQL database.
    #[must_use]
    pub fn is_meant_by(text: &str) -> bool {
        ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme))
    }

    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?host=/FOLDER`. `password` is taken where the address has none.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn new(text: &str, password: Option<&str>) -> Result<Self, AddressError> {
        if !Self::is_meant_by(text) {
            return Err(AddressError::Unreadable);
        }
        // What the parser says can quote the address.
        let mut config: Config = text.parse().map_err(|_| AddressError::Unreadable)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(AddressError::NoHost);
        }
        // A part of a password that was not escaped can be taken for a host, which messages name.
        if !config.get_hosts().iter().all(is_readable) {
            return Err(AddressError::Unreadable);
        }
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(AddressError::NoDatabase);
        }
        let ssl_mode = ssl_mode(&config);
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        config
            .application_name("cloudlx import")
            .connect_timeout(CONNECTING)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            .keepalives_interval(CONNECTING)
            .ssl_mode(ssl_mode);
        Ok(Self { config })
    }

    /// Whether connections are encrypted, and the server's certificate checked.
    pub(super) fn is_encrypted(&self) -> bool {
        self.config.get_ssl_mode() != SslMode::Disable
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

/// What leaves this machine is encrypted unless the address says otherwise. There is no falling back to plain text.
fn ssl_mode(config: &Config) -> SslMode {
    match config.get_ssl_mode() {
        SslMode::Disable => SslMode::Disable,
        SslMode::Prefer => {
            let is_remote = config.get_hosts().iter().any(is_remote)
                || config.get_hostaddrs().iter().any(|address| !address.is_loopback());
            if is_remote { SslMode::Require } else { SslMode::Disable }
        }
        _ => SslMode::Require,
    }
}

fn is_remote(host: &Host) -> bool {
    match host {
        Host::Tcp(host) => {
            host != "localhost" && !host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => false,
    }
}

fn is_readable(host: &Host) -> bool {
    match host {
        Host::Tcp(host) => {
            let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b".:-_".contains(&byte);
            !host.is_empty() && host.bytes().all(is_of_a_name)
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if let Some(user) = self.config.get_user() {
            write!(f, "{user}@")?;
        }
        for (number, host) in self.config.get_hosts().iter().enumerate() {
            f.write_str(if number == 0 { "" } else { "," })?;
            match host {
                Host::Tcp(host) => f.write_str(host)?,
                #[cfg(unix)]
                Host::Unix(folder) => write!(f, "{}", folder.display())?,
            }
        }
        if let [port] = self.config.get_ports() {
            write!(f, ":{port}")?;
        }
        write!(f, "/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_shown_nowhere() {
        let address = Address::new("postgres://anna:s3cr%2Ft@localhost:5433/imports", Some("other")).unwrap();
        assert_eq!(address.config().get_password(), Some(b"s3cr/t".as_slice()));
        assert_eq!(address.to_string(), "postgres://anna@localhost:5433/imports");
        assert_eq!(format!("{address:?}"), "Address(postgres://anna@localhost:5433/imports)");
        let address = Address::new("postgresql://anna@127.0.0.1/imports", Some("other")).unwrap();
        assert_eq!(address.config().get_password(), Some(b"other".as_slice()));

        for mistaken in [
            "postgres://anna:s3cr@t@localhost/imports",
            "postgres://anna:s3cr?t@localhost/imports",
            "postgres://anna:s3cr/t@localhost/imports",
            "postgres://anna:s3cr#t@localhost/imports",
            "postgres://anna:s3cr:t@localhost:x/imports",
            "mysql://anna:s3crt@localhost/imports",
        ] {
            if let Err(error) = Address::new(mistaken, None) {
                let said = format!("{error} {error:?}");
                assert!(!said.contains("s3cr") && !said.contains("t@"), "{said}");
            }
        }
    }

    #[test]
    fn what_leaves_this_machine_is_encrypted() {
        let is_encrypted = |text: &str| Address::new(text, None).unwrap().is_encrypted();
        for (address, encrypted) in [
            ("postgres://localhost/imports", false),
            ("postgres://127.0.0.1/imports", false),
            ("postgres://[::1]/imports", false),
            ("postgres:///imports?host=/run/postgresql", false),
            ("postgres://localhost/imports?sslmode=require", true),
            ("postgres://db.example/imports", true),
            ("postgres://db.example/imports?sslmode=prefer", true),
            ("postgres://localhost,db.example/imports", true),
            ("postgres://localhost/imports?hostaddr=192.0.2.1", true),
            ("postgres://db.example/imports?sslmode=disable", false),
        ] {
            assert_eq!(is_encrypted(address), encrypted, "{address}");
        }
    }

    #[test]
    fn addresses_that_are_none() {
        let read = |text| Address::new(text, None).map(|address| address.to_string());
        assert_eq!(read("postgres:///imports"), Err(AddressError::NoHost));
        assert_eq!(read("postgres://localhost"), Err(AddressError::NoDatabase));
        assert_eq!(read("postgres://local host/imports"), Err(AddressError::Unreadable));
    }
}
