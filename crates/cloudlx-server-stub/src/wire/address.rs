//! The address that callers use.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// The address that paths come after, of what listens at `address`.
pub(crate) fn base_url(address: SocketAddr) -> String {
    format!("http://{}", reachable(address))
}

/// Where to connect to what listens at `address`: "any address" is one to listen at only.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_sent_where_they_can_connect() {
        for (listening, connecting) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("10.0.0.1:80", "10.0.0.1:80")]
        {
            assert_eq!(reachable(listening.parse().unwrap()).to_string(), connecting);
        }
    }
}
