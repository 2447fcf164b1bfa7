//! Whether connections are encrypted, by the parameters `sslmode` and `sslrootcert` of libpq.
//!
//! Encryption with an unchecked certificate does not keep an attacker out, and an attacker can turn optional encryption off. So
//! there are two modes: encrypted, with a certificate that is checked for its authority and its name, or not encrypted.

use std::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::error::AddressError;

/// Whether connections are encrypted, and which authorities are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Encryption {
    Off,
    On {
        /// A file with the authorities that are trusted; none for those of this system.
        authorities: Option<PathBuf>,
    },
}

/// The parameters of an address that are about encryption.
#[derive(Debug, Default)]
pub(crate) struct EncryptionParameters {
    is_on: Option<bool>,
    authorities: Option<PathBuf>,
    by_system: bool,
}

impl EncryptionParameters {
    /// Splits an address into these parameters and the address without them.
    pub(crate) fn split_from(text: &str) -> Result<(Self, String), AddressError> {
        let mut found = Self::default();
        let Some((address, parameters)) = text.split_once('?') else { return Ok((found, text.to_owned())) };
        let mut others = Vec::new();
        for parameter in parameters.split('&') {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = || percent_decode_str(value).decode_utf8().map_err(|_| AddressError::Unreadable);
            match name {
                "sslmode" => found.is_on = Some(is_on(&value()?)?),
                "sslrootcert" => match &*value()? {
                    "" => return Err(AddressError::Unreadable),
                    "system" => found.by_system = true,
                    path => found.authorities = Some(path.into()),
                },
                _ => others.push(parameter),
            }
        }
        let others = others.join("&");
        Ok((found, if others.is_empty() { address.to_owned() } else { format!("{address}?{others}") }))
    }

    /// Connections that leave this machine are encrypted unless the parameters turn encryption off.
    pub(crate) fn for_config(self, config: &Config) -> Encryption {
        let is_remote = || {
            config.get_hosts().iter().any(is_remote)
                || config.get_hostaddrs().iter().any(|address| !address.is_loopback())
        };
        let is_on = self.is_on.unwrap_or_else(|| self.authorities.is_some() || self.by_system || is_remote());
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
        // The text may be part of a password that was not escaped.
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
