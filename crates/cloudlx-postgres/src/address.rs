//! The address of a database, and the settings of its connections. The password is shown nowhere.

use std::fmt;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::encryption::{Encryption, EncryptionParameters};
use crate::error::AddressError;

/// The timeout for connecting, and the interval between keepalive probes.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long a connection may be silent before it is probed, and how long sent data may stay unacknowledged.
const SILENCE: Duration = Duration::from_secs(30);

/// The address of a database. `Debug` and `Display` show no password.
#[derive(Clone)]
pub struct Address {
    config: Config,
    encryption: Encryption,
}

impl Address {
    /// Whether a text begins like the address of a PostgreSQL database: with `postgres://` or `postgresql://`.
    #[must_use]
    pub fn is_meant_by(text: &str) -> bool {
        ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme))
    }

    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?host=/FOLDER`. Uses `password` if the address has none.
    ///
    /// Connections that leave this machine are encrypted, and the server's certificate is checked. `sslmode=verify-full` and
    /// `sslmode=require` mean the same, and turn encryption on for connections on this machine too. `sslmode=disable` turns
    /// it off. With `sslrootcert=FILE`, only the authorities in that file (PEM) are trusted, and not those of this system.
    ///
    /// # Errors
    ///
    /// When the text is not such an address, has no host or no database, or has an `sslmode` that is not supported.
    pub fn new(text: &str, password: Option<&str>) -> Result<Self, AddressError> {
        if !Self::is_meant_by(text) {
            return Err(AddressError::Unreadable);
        }
        let (parameters, text) = EncryptionParameters::split_from(text)?;
        // The parser's own error may quote the address.
        let mut config: Config = text.parse().map_err(|_| AddressError::Unreadable)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(AddressError::NoHost);
        }
        // Part of a password that was not escaped may look like a host, and messages name hosts.
        if !config.get_hosts().iter().all(is_readable) {
            return Err(AddressError::Unreadable);
        }
        if config.get_dbname().is_none_or(str::is_empty) {
            return Err(AddressError::NoDatabase);
        }
        let encryption = parameters.for_config(&config);
        // Connections never fall back to plain text.
        let is_on = matches!(encryption, Encryption::On { .. });
        let ssl_mode = if is_on { SslMode::Require } else { SslMode::Disable };
        if let (None, Some(password)) = (config.get_password(), password) {
            config.password(password);
        }
        config
            .connect_timeout(CONNECTING)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE)
            .keepalives_interval(CONNECTING)
            .ssl_mode(ssl_mode);
        Ok(Self { config, encryption })
    }

    pub(crate) fn encryption(&self) -> &Encryption {
        &self.encryption
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
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
        let encryption = |text: &str| Address::new(text, None).unwrap().encryption().clone();
        let by = |authorities: Option<&str>| Encryption::On { authorities: authorities.map(Into::into) };
        for (address, expected) in [
            ("postgres://localhost/imports", Encryption::Off),
            ("postgres://127.0.0.1/imports", Encryption::Off),
            ("postgres://[::1]/imports", Encryption::Off),
            ("postgres:///imports?host=/run/postgresql", Encryption::Off),
            ("postgres://localhost/imports?sslmode=require", by(None)),
            ("postgres://localhost/imports?sslmode=verify-full", by(None)),
            ("postgres://localhost/imports?sslrootcert=ca.pem", by(Some("ca.pem"))),
            ("postgres://localhost/imports?sslrootcert=system", by(None)),
            (
                "postgres:///imports?sslmode=verify-full&host=db.example&sslrootcert=/a%20b/ca.pem",
                by(Some("/a b/ca.pem")),
            ),
            ("postgres://db.example/imports", by(None)),
            ("postgres://localhost,db.example/imports", by(None)),
            ("postgres://localhost/imports?hostaddr=192.0.2.1", by(None)),
            ("postgres://db.example/imports?sslmode=disable", Encryption::Off),
            ("postgres://db.example/imports?sslmode=disable&sslrootcert=ca.pem", Encryption::Off),
        ] {
            assert_eq!(encryption(address), expected, "{address}");
        }
    }

    #[test]
    fn other_ways_to_encrypt_are_refused_in_words() {
        for mode in ["allow", "prefer", "verify-ca"] {
            let refused =
                Address::new(&format!("postgres://db.example/imports?sslmode={mode}"), None).unwrap_err();
            assert_eq!(refused, AddressError::SslMode { found: mode });
            assert!(refused.to_string().contains(&format!("found {mode}: ")), "{refused}");
        }
        let refused = Address::new("postgres://anna:s3cr?sslmode=t@localhost/imports", None).unwrap_err();
        assert!(!refused.to_string().contains("t@"), "{refused}");
    }

    #[test]
    fn addresses_that_are_none() {
        let read = |text| Address::new(text, None).map(|address| address.to_string());
        assert_eq!(read("postgres:///imports"), Err(AddressError::NoHost));
        assert_eq!(read("postgres://localhost"), Err(AddressError::NoDatabase));
        assert_eq!(read("postgres://local host/imports"), Err(AddressError::Unreadable));
    }
}
