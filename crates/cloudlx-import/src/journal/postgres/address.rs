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
    /// Everybody on the way could read along.
    #[error(
        "expected a server on this machine, found {host}, and connections to the journal are not encrypted: connect through \
         a tunnel, or write sslmode=disable into the address if the network is your own"
    )]
    NotEncrypted {
        /// The host.
        host: String,
    },
    /// Encryption is asked for, and there is none.
    #[error(
        "expected sslmode=disable or none, found {found}: connections to the journal are not encrypted; connect through a \
         tunnel"
    )]
    NoTls {
        /// What the address says.
        found: &'static str,
    },
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
    /// When it is none, or the connection would show the journal to others.
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
        check_encryption(&config)?;
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        config
            .application_name("cloudlx import")
            .connect_timeout(CONNECTING)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            .keepalives_interval(CONNECTING)
            .ssl_mode(SslMode::Disable);
        Ok(Self { config })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }
}

/// Only a connection that does not leave this machine goes without encryption, unless it is asked for.
fn check_encryption(config: &Config) -> Result<(), AddressError> {
    match config.get_ssl_mode() {
        SslMode::Disable => Ok(()),
        SslMode::Prefer => {
            let remote = config.get_hosts().iter().find_map(remote);
            let remote_ip =
                config.get_hostaddrs().iter().find(|ip| !ip.is_loopback()).map(ToString::to_string);
            match remote_ip.or(remote) {
                Some(host) => Err(AddressError::NotEncrypted { host }),
                None => Ok(()),
            }
        }
        _ => Err(AddressError::NoTls { found: "sslmode=require" }),
    }
}

fn remote(host: &Host) -> Option<String> {
    match host {
        Host::Tcp(host) => {
            let is_local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
            (!is_local).then(|| host.clone())
        }
        #[cfg(unix)]
        Host::Unix(_) => None,
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
    fn only_what_stays_on_this_machine_goes_without_encryption() {
        let read = |text| Address::new(text, None).map(|address| address.to_string());
        for good in [
            "postgres://localhost/imports",
            "postgres://127.0.0.1/imports",
            "postgres://[::1]/imports",
            "postgres://db.example/imports?sslmode=disable",
            "postgres:///imports?host=/run/postgresql",
        ] {
            assert!(read(good).is_ok(), "{good}: {:?}", read(good));
        }
        let host = "db.example".to_owned();
        assert_eq!(read("postgres://db.example/imports"), Err(AddressError::NotEncrypted { host }));
        let found = "sslmode=require";
        assert_eq!(read("postgres://localhost/imports?sslmode=require"), Err(AddressError::NoTls { found }));
        assert_eq!(read("postgres:///imports"), Err(AddressError::NoHost));
        assert_eq!(read("postgres://localhost"), Err(AddressError::NoDatabase));
        assert_eq!(read("postgres://local host/imports"), Err(AddressError::Unreadable));
    }
}
