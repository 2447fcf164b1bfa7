//! After its last word the program ends, and it can be told to stop, whatever its threads wait for.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::{PAGE, cloudlx, signal, stderr};

/// How long a test waits before it fails, for what comes at once.
const PATIENCE: Duration = Duration::from_mins(1);

const SIGTERM: i32 = 15;

/// How it ended, once it has.
fn ended(child: Child) -> Output {
    let id = child.id().to_string();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(child.wait_with_output()));
    let Ok(output) = told.recv_timeout(PATIENCE) else {
        let _ = Command::new("kill").args(["-KILL", &id]).status();
        panic!("it does not end");
    };
    output.expect("it is a child")
}

/// A name server that does not answer: the system's resolver looks a name without dots up in the file that a variable
/// names, and this one is a pipe into which nobody writes.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
struct NoNameServer {
    folder: tempfile::TempDir,
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
impl NoNameServer {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let made = Command::new("mkfifo").arg(folder.path().join("aliases")).status().expect("mkfifo runs");
        assert!(made.success());
        Self { folder }
    }

    /// Starts the program with an API whose name is never resolved, and waits until it is asked for. The name is looked up
    /// for as long as the file that comes with it is open.
    fn started(&self, arguments: &[&str]) -> (Child, File) {
        let pipe = self.folder.path().join("aliases");
        let child = cloudlx(&[arguments, &["--allow-plain-http"]].concat())
            .env("HOSTALIASES", &pipe)
            .env("NO_PROXY", "*")
            .env("CLOUDLX_BASE_URL", "http://nobody")
            .env("CLOUDLX_CLIENT_ID", "a")
            .env("CLOUDLX_CLIENT_SECRET", "b-secret")
            .spawn()
            .expect("cloudlx starts");
        let (tell, told) = mpsc::channel();
        // Opening waits for a reader.
        std::thread::spawn(move || tell.send(File::options().write(true).open(pipe)));
        let asked = told.recv_timeout(PATIENCE).expect("the name is looked up");
        (child, asked.expect("a pipe"))
    }
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_name_server_that_does_not_answer_does_not_outlive_the_last_word() {
    let names = NoNameServer::new();
    let (child, _asked) = names.started(&["drift", "--timeout", "1s", "--format", "human"]);
    let output = ended(child);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("was not sent, for the attempt timeout of 1s ended before a connection took it"),
        "{said}"
    );
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_create_that_waits_for_a_name_server_ends_when_it_is_told_to() {
    let names = NoNameServer::new();
    for told in ["-INT", "-TERM"] {
        let (child, _asked) = names.started(&["customers", "create", PAGE]);
        signal(&child, told);
        let output = ended(child);
        assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
        assert!(stderr(&output).contains("no customer was created, which is certain"), "{}", stderr(&output));
    }
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn an_import_that_waits_for_a_name_server_ends_when_it_is_told_to() {
    let names = NoNameServer::new();
    let rows = names.folder.path().join("rows.ndjson");
    std::fs::write(&rows, r#"{"name":"A","currency_iso":"GBP","country_iso":"GB","realms":[1]}"#)
        .expect("a file");
    let journal = names.folder.path().join("journal");
    let paths = [&rows, &journal].map(|path| path.to_str().expect("text"));
    let (child, _asked) = names.started(&["import", paths[0], "--journal", paths[1]]);
    signal(&child, "-INT");
    let output = ended(child);
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(
        stderr(&output).starts_with("{\"note\": \"stopping when the requests under way have ended"),
        "{}",
        stderr(&output)
    );
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn calls_that_read_end_at_once_when_they_are_told_to() {
    let names = NoNameServer::new();
    for command in [&["customers", "list"][..], &["realms", "list"], &["drift"]] {
        let (child, _asked) = names.started(command);
        signal(&child, "-TERM");
        assert_eq!(ended(child).status.signal(), Some(SIGTERM), "{command:?}");
    }
}

/// A pipe takes so much before a writer waits.
#[cfg(target_os = "linux")]
const FULL: usize = 64 << 10;

#[test]
#[cfg(target_os = "linux")]
fn a_command_that_prints_to_nobody_ends_when_it_is_told_twice() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (_reader, mut writer) = std::io::pipe().expect("a pipe");
    writer.write_all(&vec![b' '; FULL]).expect("room for it");
    let mut child = cloudlx(&["customers", "create", PAGE])
        .stdout(writer)
        .env("CLOUDLX_BASE_URL", format!("http://{}", listener.local_addr().expect("it has one")))
        .env("CLOUDLX_ACCESS_TOKEN", "x")
        .spawn()
        .expect("cloudlx starts");
    let (mut stream, _) = listener.accept().expect("it connects");
    assert!(stream.read(&mut [0; 4096]).expect("it sends") > 0);
    let body = include_str!("../../../cloudlx-model/samples/customer.created.json");
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).expect("it reads");
    // Signals that come together count as one.
    let began = Instant::now();
    while child.try_wait().expect("it is a child").is_none() && began.elapsed() < PATIENCE {
        signal(&child, "-INT");
    }
    let output = ended(child);
    assert_eq!(output.status.code(), Some(5), "the customer was created, or may have been");
}

#[test]
fn an_import_that_is_told_twice_stops_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (rows, journal) = (folder.path().join("rows.ndjson"), folder.path().join("journal"));
    std::fs::write(&rows, r#"{"name":"A","currency_iso":"GBP","country_iso":"GB","realms":[1]}"#)
        .expect("a file");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let base_url = format!("http://{}", listener.local_addr().expect("it has one"));
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("it connects");
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).expect("it sends");
            if buffer.starts_with(b"POST") {
                // The create is never answered.
                let _ = tell.send(stream);
            } else {
                let list =
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 16\r\n\r\n{\"customers\":[]}";
                let _ = stream.write_all(list.as_bytes());
            }
        }
    });
    let paths = [&rows, &journal].map(|path| path.to_str().expect("text"));
    let mut child = cloudlx(&["import", paths[0], "--journal", paths[1], "--format", "human"])
        .env("CLOUDLX_BASE_URL", base_url)
        .env("CLOUDLX_ACCESS_TOKEN", "x")
        .spawn()
        .expect("cloudlx starts");
    let _create = told.recv_timeout(PATIENCE).expect("the create is sent");
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
    signal(&child, "-INT");
    assert!(lines.any(|line| line.starts_with("stopping when the requests under way have ended")));
    signal(&child, "-TERM");
    assert_eq!(ended(child).status.code(), Some(4));
    assert!(lines.any(|line| line.contains("stopped at once")));
}
