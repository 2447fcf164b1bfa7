//! Whether connections are encrypted: what the address says of it, in libpq's words.
//!
//! Encryption that anybody can answer protects nobody, and encryption that may be left out protects nobody who needs it. So
//! there are two modes: encrypted, with a certificate that is checked for its authority and its name, or not.

use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::AddressError;

/// Whether connections are encrypted, and whose certificates are trusted then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Encryption {
    Off,
    On {
        /// A file with the only authorities that are trusted; those of this system where there is none.
        authorities: Option<PathBuf>,
    },
}

/// What an address asks for.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    is_on: Option<bool>,
    authorities: Option<PathBuf>,
    by_this_system: bool,
}

impl Asked {
    /// Takes `sslmode` and `sslrootcert` out of an address.
    pub(crate) fn take_from(text: &str) -> Result<(Self, String), AddressError> {
        let mut asked = Self::default();
        let Some((address, parameters)) = text.split_once('?') else { return Ok((asked, text.to_owned())) };
        let mut others = Vec::new();
        for parameter in parameters.split('&') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = || percent_decode_str(value).decode_utf8().map_err(|_| AddressError::Unreadable);
            match name {
                "sslmode" => asked.is_on = Some(is_on(&value()?)?),
                "sslrootcert" => match &*value()? {
                    "" => return Err(AddressError::Unreadable),
                    "system" => asked.by_this_system = true,
                    path => asked.authorities = Some(path.into()),
                },
                _ => others.push(parameter),
            }
        }
        let others = others.join("&");
        Ok((asked, if others.is_empty() { address.to_owned() } else { format!("{address}?{others}") }))
    }

    /// What leaves this machine is encrypted unless the address says otherwise.
    pub(crate) fn of(self, config: &Config) -> Encryption {
        let is_remote = || {
            config.get_hosts().iter().any(is_remote)
                || config.get_hostaddrs().iter().any(|address| !address.is_loopback())
        };
        let is_on =
            self.is_on.unwrap_or_else(|| self.authorities.is_some() || self.by_this_system || is_remote());
        if is_on { Encryption::On { authorities: self.authorities } } else { Encryption::Off }
    }
}

fn is_on(mode: &str) -> Result<bool, AddressError> {
    match mode {
        "disable" => Ok(false),
        "require" | "verify-full" => Ok(true),
        "allow" => Err(AddressError::SslMode { found: "allow" }),
        "prefer" => Err(AddressError::SslMode { found: "prefer" }),
        "verify-ca" => Err(AddressError::SslMode { found: "verify-ca" }),
        // It may be a part of a password that was not escaped.
        _ => Err(AddressError::SslMode { found: "another" }),
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
