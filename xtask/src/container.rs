//! `cargo xtask container`: tests whether the program that `Containerfile` builds runs, without a container runtime.
//!
//! It runs the file's build step. Then it starts the installed program by the file's entry point, as the file's user, in a
//! folder that contains nothing else, as a container does; only the port is any free one. The base image is not used: this
//! machine needs its tools, rustup and Debian's musl-tools.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use cloudlx_model::{AccessTokenRequest, Endpoint as _};
use xtask_run::process::{self, ProcessError, command};
use xtask_run::workspace;

/// Why the program does not run so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ContainerError {
    #[error("could not read or write {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("expected a line that begins with {instruction:?} in Containerfile, found none that can be read")]
    Instruction { instruction: &'static str },
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(
        "could not run the program in a folder of its own: install util-linux, and allow user namespaces"
    )]
    Run(#[source] io::Error),
    #[error(
        "expected `listening on http://…` in a folder with nothing else, found {found:?}: see its output above"
    )]
    NoAddress { found: String },
    #[error("could not ask the stub in the container for a token")]
    Ask(#[source] io::Error),
    #[error("expected a token from the stub in the container, found {found:?}")]
    NoToken { found: String },
    #[error("expected the stub to end well when it is told to stop, found that it ended with {0}")]
    Ended(ExitStatus),
}

/// The instructions of the file that matter here.
#[derive(Debug, PartialEq, Eq)]
struct Containerfile {
    /// The shell's commands that build and install the program.
    build: String,
    /// User and group.
    user: String,
    entrypoint: Vec<String>,
}

/// Builds and runs the program as the file says.
pub(crate) fn run() -> Result<(), ContainerError> {
    let path = workspace::root().join("Containerfile");
    let text = fs::read_to_string(&path).map_err(|source| ContainerError::File { path, source })?;
    let file = read(&text)?;
    let image = workspace::root().join("target/container");
    if image.exists() {
        fs::remove_dir_all(&image).map_err(|source| ContainerError::File { path: image.clone(), source })?;
    }
    let build = file.build.replace(" /image/", &format!(" {}/", image.display()));
    let mut build = command("sh", &["-e", "-c", &build]);
    // The file expects the program below `target`.
    process::run(build.env_remove("CARGO_TARGET_DIR"))?;
    ended_well(started(&file, &image)?)
}

/// Starts the entry point in a folder with no other program.
fn started(file: &Containerfile, image: &Path) -> Result<Child, ContainerError> {
    let (user, group) = file.user.split_once(':').unwrap_or((&file.user, &file.user));
    let mut container = Command::new("unshare");
    container
        .args([format!("--map-user={user}"), format!("--map-group={group}")])
        .arg(format!("--root={}", image.display()))
        .arg("--wd=/")
        .args(file.entrypoint.iter().map(|word| word.replace(":8080", ":0")))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let mut container =
        container.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(ContainerError::Run)?;
    let mut found = String::new();
    if let Some(stdout) = container.stdout.as_mut() {
        BufReader::new(stdout).read_line(&mut found).map_err(ContainerError::Run)?;
    }
    let asked = match found.trim_end().strip_prefix("listening on ") {
        Some(base_url) => token(base_url),
        None => Err(ContainerError::NoAddress { found }),
    };
    if asked.is_err() {
        // It may have ended already.
        let _ = container.kill();
        let _ = container.wait();
    }
    asked.map(|()| container)
}

/// Asks for a token, without an HTTP client: everybody who runs `cargo xtask generate` would build it.
fn token(base_url: &str) -> Result<(), ContainerError> {
    const FORM: &str = "grant_type=client_credentials&client_id=stub&client_secret=stub";
    let (path, length) = (AccessTokenRequest::PATH, FORM.len());
    let ask = || {
        let host = base_url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{FORM}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    let found = ask().map_err(ContainerError::Ask)?;
    if found.starts_with("HTTP/1.1 200 ") { Ok(()) } else { Err(ContainerError::NoToken { found }) }
}

/// Sends SIGTERM, as a container runtime does, and waits.
fn ended_well(mut container: Child) -> Result<(), ContainerError> {
    process::run(&mut command("kill", &["-TERM", &container.id().to_string()]))?;
    let status = container.wait().map_err(ContainerError::Run)?;
    if status.success() { Ok(()) } else { Err(ContainerError::Ended(status)) }
}

fn read(text: &str) -> Result<Containerfile, ContainerError> {
    let joined = text.replace("\\\n", " ");
    let after = |instruction: &'static str| {
        let line = joined.lines().filter_map(|line| line.strip_prefix(instruction)).next_back();
        line.ok_or(ContainerError::Instruction { instruction })
    };
    let entrypoint = after("ENTRYPOINT ")?;
    Ok(Containerfile {
        build: after("RUN ")?.to_owned(),
        user: after("USER ")?.to_owned(),
        entrypoint: serde_json::from_str(entrypoint)
            .map_err(|_| ContainerError::Instruction { instruction: "ENTRYPOINT " })?,
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn the_last_of_each_instruction_is_read() {
        let text = "FROM a AS build\nRUN first\nRUN second \\\n    && third\nFROM scratch\nUSER 1:2\nENTRYPOINT [\"/a\", \"b\"]\n";
        let expected = Containerfile {
            build: "second      && third".to_owned(),
            user: "1:2".to_owned(),
            entrypoint: vec!["/a".to_owned(), "b".to_owned()],
        };
        assert_eq!(read(text).unwrap(), expected);
        assert!(read("FROM scratch\n").is_err());
    }

    /// A server that reads one request and gives one answer, and what the program says of it.
    fn asked(answer: &'static str) -> (Result<(), ContainerError>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"client_secret=stub") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
            String::from_utf8(request).unwrap()
        });
        (token(&base_url), server.join().unwrap())
    }

    #[test]
    fn a_token_is_asked_for_by_a_form_and_only_200_is_one() {
        let (found, request) = asked("HTTP/1.1 200 OK\r\n\r\n{}");
        assert!(found.is_ok(), "{found:?}");
        let (head, form) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /api/oauth2/access-token HTTP/1.1\r\n"), "{head}");
        assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", form.len())), "{head}");
        let (found, _) = asked("HTTP/1.1 401 Unauthorized\r\n\r\n{}");
        assert!(matches!(found, Err(ContainerError::NoToken { .. })), "{found:?}");
    }
}
