//! Encrypted connections to the journal's database: whose certificate is taken, and whose is not.
#![cfg(all(unix, feature = "postgres"))]
#![allow(
    missing_docs,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and its names say what it shows"
)]

#[path = "support/server.rs"]
mod server;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use cloudlx_import::journal::JournalError;
use cloudlx_import::journal::postgres::{Address, PostgresJournal, Times};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_postgres::NoTls;

use self::server::Server;

const TIMES: Times = Times { lease: Duration::from_mins(3), settle_time: Duration::ZERO };

/// Lays an authority's certificate, and one of this authority for `localhost`, into a folder.
fn certify(folder: &Path) {
    let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let of_authority = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let of_server =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("authority.pem"), of_authority.pem()).unwrap();
    fs::write(folder.join("server.pem"), of_server.pem()).unwrap();
    let private = folder.join("server.key");
    fs::write(&private, key.serialize_pem()).unwrap();
    fs::set_permissions(private, fs::Permissions::from_mode(0o600)).unwrap();
}

/// A server that encrypts, on a port of its own.
fn server() -> Option<(Server, u16)> {
    loop {
        // Free a moment ago: the server does not choose one for itself.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        match server_at(port)? {
            Ok(server) => return Some((server, port)),
            // Somebody else was faster.
            Err(said) => assert!(said.contains("Address already in use"), "the server ended: {said}"),
        }
    }
}

/// What it said where it ended instead.
fn server_at(port: u16) -> Option<Result<Server, String>> {
    Server::try_start(|folder| {
        certify(folder);
        let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        [
            "listen_addresses=127.0.0.1".to_owned(),
            format!("port={port}"),
            "ssl=on".to_owned(),
            format!("ssl_cert_file={}", file("server.pem")),
            format!("ssl_key_file={}", file("server.key")),
        ]
        .into_iter()
        .flat_map(|setting| ["-c".to_owned(), setting])
        .collect()
    })
}

async fn refused(address: &str) -> String {
    let address = Address::new(address, None).unwrap();
    match PostgresJournal::open(&address, TIMES).await {
        Err(error @ JournalError::Connect { .. }) => error.to_string(),
        other => panic!("{address}: {other:?}"),
    }
}

#[tokio::test]
async fn only_a_certificate_of_a_trusted_authority_with_the_right_name_is_taken() {
    let Some((server, port)) = server() else { return };
    let database = server.database_at(port);
    let to =
        |host: &str, parameters: &str| format!("postgres://importer@{host}:{port}/{database}?{parameters}");
    // Where a name has several addresses, what is said is of the last of them.
    let at_one = |host: &str, parameters: &str| to(host, &format!("hostaddr=127.0.0.1&{parameters}"));
    let authority = format!("sslrootcert={}", server.folder().join("authority.pem").display());

    for mode in ["sslmode=require", "sslmode=verify-full", "sslrootcert=system"] {
        let said = refused(&at_one("localhost", mode)).await;
        assert!(said.contains("certificate"), "{said}");
    }
    // Another name for the same server.
    let said = refused(&at_one("127.0.0.1", &authority)).await;
    assert!(said.contains("not valid for name"), "{said}");
    let nothing = server.folder().join("server.key");
    for (file, expected) in [("/no/such/file", "/no/such/file"), (nothing.to_str().unwrap(), "found none")] {
        let said = refused(&at_one("localhost", &format!("sslrootcert={file}"))).await;
        assert!(said.contains("PEM") && said.contains(expected), "{said}");
    }

    let plain = to("localhost", "sslmode=disable");
    let (sql, connection) = tokio_postgres::connect(&plain, NoTls).await.unwrap();
    tokio::spawn(connection);
    let encrypted = async || {
        let sql = sql.query_one(
            "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
             WHERE application_name = 'cloudlx import'",
            &[],
        );
        let found = sql.await.unwrap();
        (found.get::<_, i64>(0), found.get::<_, i64>(1))
    };
    let open = async |address: &str| {
        PostgresJournal::open(&Address::new(address, None).unwrap(), TIMES).await.unwrap()
    };
    let journal = open(&to("localhost", &authority)).await;
    assert_eq!(encrypted().await, (5, 5));
    let in_plain_text = open(&plain).await;
    assert_eq!(encrypted().await, (5, 10));
    drop((journal, in_plain_text));
}

#[tokio::test]
async fn there_is_no_falling_back_to_plain_text() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let without_tls = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // The request to encrypt, and that it is refused.
        let mut request = [0; 8];
        stream.read_exact(&mut request).await.unwrap();
        stream.write_all(b"N").await.unwrap();
        let mut more = Vec::new();
        stream.read_to_end(&mut more).await.unwrap();
        more
    });
    let said = refused(&format!("postgres://importer@127.0.0.1:{port}/imports?sslmode=require")).await;
    assert!(said.contains("TLS"), "{said}");
    assert!(without_tls.await.unwrap().is_empty(), "nothing is said in plain text");
}
