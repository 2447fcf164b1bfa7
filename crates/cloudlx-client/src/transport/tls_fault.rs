//! What a TLS error says about the peer, and what to do about it.

use std::time::{Duration, SystemTime};

use cloudlx_validate::plain::Glance;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error};

use crate::transport::connection_fault::ConnectionFault;

/// The last second that an HTTP date can name.
const LAST_SECOND: u64 = 253_402_300_799;

/// The fault behind an error of the handshake with `peer`. None where the same handshake may succeed later.
pub(crate) fn classify(error: &Error, peer: String) -> Option<ConnectionFault> {
    match error {
        Error::InvalidCertificate(problem) => {
            let problem = describe(problem);
            Some(ConnectionFault::Certificate { of: peer, problem })
        }
        Error::NoCertificatesPresented => {
            let problem = "none was sent: ask who runs the server".to_owned();
            Some(ConnectionFault::Certificate { of: peer, problem })
        }
        Error::InvalidMessage(_) => Some(ConnectionFault::NotTls { who: peer }),
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => {
            Some(ConnectionFault::NoTlsAgreement { with: peer, problem: error.to_string() })
        }
        Error::AlertReceived(alert) if is_final(*alert) => {
            Some(ConnectionFault::NoTlsAgreement { with: peer, problem: error.to_string() })
        }
        _ => None,
    }
}

/// Whether a server that sends this alert would send it again.
fn is_final(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity
            | AlertDescription::UnrecognisedName
            | AlertDescription::AccessDenied
            | AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::NoApplicationProtocol
    )
}

/// What is wrong with a certificate, with the remedy. Names in it are the peer's words.
fn describe(problem: &CertificateError) -> String {
    match problem {
        // A bad signature usually comes from another authority with the same name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "nobody that this machine trusts has issued it (it is self-signed, or of a company's own authority, or of one that \
             inspects what is sent): if you trust that authority, add it to this machine's store, or to the file that \
             SSL_CERT_FILE names where that is set"
                .to_owned()
        }
        CertificateError::Expired => format!("it has ended: {RENEW}"),
        CertificateError::ExpiredContext { time, not_after } => {
            format!("it ended on {}, and here it is {}: {RENEW}", date(*not_after), date(*time))
        }
        CertificateError::NotValidYet => format!("it has not begun: {CLOCK}"),
        CertificateError::NotValidYetContext { time, not_before } => {
            format!("it begins on {}, and here it is {}: {CLOCK}", date(*not_before), date(*time))
        }
        CertificateError::NotValidForName => format!("it is for another name: {HOST}"),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names: Vec<_> = presented.iter().map(|name| bare(name)).collect();
            let presented = if names.is_empty() { "no name".to_owned() } else { names.join(", ") };
            format!("it is for {}, and not for {}: {HOST}", Glance(&presented), expected.to_str())
        }
        CertificateError::Revoked => "it was revoked: ask who runs the server".to_owned(),
        other => format!("{}: ask who runs the server", Glance(&other.to_string())),
    }
}

const RENEW: &str = "ask who runs the server to renew it, or set this machine's clock";
const CLOCK: &str = "set this machine's clock, or ask who runs the server";
const HOST: &str = "check the host of the base URL";

/// A name without the type that the TLS library writes around it.
fn bare(name: &str) -> &str {
    let inner = name.strip_prefix("DnsName(\"").and_then(|name| name.strip_suffix("\")"));
    inner.unwrap_or(name)
}

fn date(time: UnixTime) -> String {
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(time.as_secs().min(LAST_SECOND)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(problem: CertificateError) -> String {
        match classify(&Error::InvalidCertificate(problem), "api.example".to_owned()) {
            Some(ConnectionFault::Certificate { of, problem }) => format!("{of}: {problem}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_fault_of_a_certificate_is_final_and_named() {
        let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        for (problem, words) in [
            (CertificateError::UnknownIssuer, "nobody that this machine trusts"),
            (CertificateError::Expired, "it has ended"),
            (CertificateError::NotValidYet, "it has not begun"),
            (CertificateError::Revoked, "it was revoked"),
            (CertificateError::NotValidForName, "another name"),
            (CertificateError::BadEncoding, "BadEncoding"),
            (
                CertificateError::ExpiredContext { time: at(86_400), not_after: at(0) },
                "it ended on Thu, 01 Jan 1970 00:00:00 GMT, and here it is Fri, 02 Jan 1970 00:00:00 GMT",
            ),
            (
                CertificateError::NotValidYetContext { time: at(0), not_before: at(u64::MAX) },
                "it begins on Fri, 31 Dec 9999 23:59:59 GMT",
            ),
        ] {
            let text = described(problem);
            assert!(text.starts_with("api.example: ") && text.contains(words), "{text}");
        }
    }

    #[test]
    fn the_names_in_a_certificate_are_shown_at_a_glance() {
        let expected = "api.example".try_into().unwrap();
        let presented = vec!["\u{1b}[31mx".to_owned(), "y".repeat(1000)];
        let text = described(CertificateError::NotValidForNameContext { expected, presented });
        assert!(text.len() < 400 && !text.contains('\u{1b}'), "{text}");
        assert!(text.ends_with("…, and not for api.example: check the host of the base URL"), "{text}");
    }

    #[test]
    fn what_may_pass_is_no_fault() {
        for error in [
            Error::AlertReceived(AlertDescription::InternalError),
            Error::AlertReceived(AlertDescription::CloseNotify),
            Error::DecryptError,
            Error::FailedToGetRandomBytes,
            Error::General("x".to_owned()),
        ] {
            assert_eq!(classify(&error, String::new()), None, "{error}");
        }
        let fault = classify(&Error::AlertReceived(AlertDescription::UnrecognisedName), "x".to_owned());
        assert!(matches!(fault, Some(ConnectionFault::NoTlsAgreement { .. })), "{fault:?}");
    }
}
