//! Certificates and TLS.

use cloudlx_client::{ConnectionFault, Retry};
use rcgen::{BasicConstraints, CertificateParams, IsCa, date_time_ymd};
use tokio_rustls::TlsAcceptor;

use crate::other_side::{Authority, Does, OtherSide, for_this_machine, self_signed};
use crate::{client, create, tried_once};

#[tokio::test]
async fn a_certificate_of_a_trusted_authority_is_accepted() {
    let authority = Authority::new();
    let server = OtherSide::start(Does::Lists(authority.certify(&for_this_machine()))).await;
    let client = client(&server.url("https"), authority.trusted());
    assert!(client.list_customers().await.unwrap().all().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_named_and_tried_once() {
    let trusted = Authority::new();
    let year = |year| date_time_ymd(year, 1, 1);
    let with = |set: fn(&mut CertificateParams)| {
        let mut parameters = for_this_machine();
        set(&mut parameters);
        parameters
    };
    let (ended, begins) = (year(2001), year(4001));
    let mut expired = for_this_machine();
    (expired.not_before, expired.not_after) = (year(2000), ended);
    let mut not_yet = for_this_machine();
    (not_yet.not_before, not_yet.not_after) = (begins, year(4002));
    let other_name = CertificateParams::new(vec!["other.example".to_owned()]).unwrap();
    let of_an_authority = with(|parameters| parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let cases: [(TlsAcceptor, &str); 6] = [
        (Authority::new().certify(&for_this_machine()), "nobody that this machine trusts has issued it"),
        (self_signed(&for_this_machine()), "nobody that this machine trusts has issued it"),
        (self_signed(&of_an_authority), ": "),
        (trusted.certify(&expired), "it ended on Mon, 01 Jan 2001 00:00:00 GMT, and here it is "),
        (trusted.certify(&not_yet), "it begins on Mon, 01 Jan 4001 00:00:00 GMT, and here it is "),
        (trusted.certify(&other_name), "it is for other.example, and not for 127.0.0.1"),
    ];
    for (tls, words) in cases {
        let server = OtherSide::start(Does::Lists(tls)).await;
        let (fault, message) = tried_once(&client(&server.url("https"), trusted.trusted()), &server).await;
        assert!(matches!(&fault, ConnectionFault::Certificate { of, .. } if of == "127.0.0.1"), "{fault:?}");
        let begins = "was not sent, for the certificate of 127.0.0.1 is not accepted: ";
        assert!(message.contains(begins) && message.contains(words), "{message}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_named_and_tried_once() {
    for greeting in
        [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"220 mail.example ESMTP\r\n", b"SSH-2.0-x\r\n"]
    {
        let server = OtherSide::start(Does::Says(greeting)).await;
        let client = client(&server.url("https"), Authority::new().trusted());
        let (fault, message) = tried_once(&client, &server).await;
        assert!(matches!(fault, ConnectionFault::NotTls { .. }), "{fault:?}");
        let words = "127.0.0.1 does not speak TLS there: check the scheme and the port";
        assert!(message.contains(words), "{message}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_the_handshake_is_named_and_tried_once() {
    // An alert of TLS: fatal, handshake failure.
    let server = OtherSide::start(Does::Says(b"\x15\x03\x03\x00\x02\x02\x28")).await;
    let client = client(&server.url("https"), Authority::new().trusted());
    let (fault, message) = tried_once(&client, &server).await;
    assert!(matches!(fault, ConnectionFault::NoTlsAgreement { .. }), "{fault:?}");
    assert!(message.contains("127.0.0.1 and this client agree on no TLS connection: "), "{message}");
}

#[tokio::test]
async fn a_handshake_that_breaks_off_may_pass_and_is_tried_again() {
    for breaks in [&b""[..], b"\x15\x03\x03\x00\x02\x02\x50"] {
        let server = OtherSide::start(Does::Says(breaks)).await;
        let client = client(&server.url("https"), Authority::new().trusted());
        let (retry, fault, attempts, message) = create(&client).await;
        assert_eq!((retry, fault, attempts), (Retry::CanHelp { after: None }, None, 3), "{message}");
        assert_eq!(server.connections(), 3);
    }
}

#[tokio::test]
async fn a_server_with_tls_where_plain_http_is_spoken_is_named() {
    // An alert of TLS: fatal, record overflow.
    let server = OtherSide::start(Does::Says(b"\x15\x03\x01\x00\x02\x02\x16")).await;
    let client = client(&server.url("http"), Authority::new().trusted());
    let error = client.list_customers().await.unwrap_err();
    assert!(error.to_string().contains("what came back is not HTTP: check the scheme"), "{error}");
}
