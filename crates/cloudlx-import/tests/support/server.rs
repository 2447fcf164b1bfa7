//! A PostgreSQL server that a test binary starts for itself: of the system's package, as a user of its own, on a socket in
//! a folder and nowhere else, unless the test asks for it.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The user that it knows.
const USER: &str = "importer";

/// Ends the server and removes its folder when the test's process has ended, however it did: its input ends then.
const UNTIL_THE_END: &str = r#"
programs=$1
folder=$2
shift 2
"$programs/postgres" -D "$folder/data" -k "$folder" -c max_connections=200 "$@" 2>&1 &
server=$!
# So that its output ends when it does.
exec > /dev/null
cat
kill -QUIT $server 2>&1
wait $server
rm -rf "$folder"
"#;

pub(crate) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<(u32, u32)>,
    /// Held for its input.
    _shell: Child,
}

#[allow(dead_code, reason = "each test binary uses a part of it")]
impl Server {
    /// The test binary's server; none as [`start`](Self::start) says.
    pub(crate) fn get() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        SERVER.get_or_init(|| Self::start(|_| vec!["-c".to_owned(), "listen_addresses=".to_owned()])).as_ref()
    }

    /// The address of a new database.
    pub(crate) fn database(&self) -> String {
        format!("postgres://{USER}@/{}?host={}", self.database_at(5432), self.folder.display())
    }

    /// The name of a new database, of a server that was told to have this port.
    pub(crate) fn database_at(&self, port: u16) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("journal{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut command = self.command("createdb");
        command.arg("-h").arg(&self.folder).args(["-p", &port.to_string(), "-U", USER, &name]);
        assert!(command.status().unwrap().success());
        name
    }

    /// Where its files are, those that the test put there too.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A server with the arguments that `prepare` returns, which may put files into the folder that it is given. None, and
    /// a word on stderr, where there is none on this machine; with `CLOUDLX_POSTGRES_REQUIRED` in the environment, as in CI,
    /// that is a failure.
    pub(crate) fn start(prepare: impl FnOnce(&Path) -> Vec<String>) -> Option<Self> {
        Some(Self::try_start(prepare)?.map_err(|said| format!("the server ended: {said}")).unwrap())
    }

    /// The same; what the server said, where it ended before it took connections.
    pub(crate) fn try_start(prepare: impl FnOnce(&Path) -> Vec<String>) -> Option<Result<Self, String>> {
        let Some(programs) = programs() else {
            let missing =
                "there is no PostgreSQL server on this machine (Debian: apt-get install postgresql)";
            assert!(std::env::var_os("CLOUDLX_POSTGRES_REQUIRED").is_none(), "{missing}");
            // Not through the test's own output, which is shown of failures only.
            let _ = writeln!(std::io::stderr(), "SKIPPED: {missing}");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep();
        // The server refuses to run as root.
        let user = (fs::metadata(&folder).unwrap().uid() == 0).then(|| {
            let user = unprivileged();
            chown(&folder, Some(user.0), Some(user.1)).unwrap();
            user
        });
        let arguments = prepare(&folder);
        for file in fs::read_dir(&folder).unwrap() {
            if let Some((owner, group)) = user {
                chown(file.unwrap().path(), Some(owner), Some(group)).unwrap();
            }
        }
        let mut shell = command(Path::new("sh"), user);
        shell.args(["-c", UNTIL_THE_END, "sh"]).arg(&programs).arg(&folder).args(arguments);
        let mut init = command(&programs.join("initdb"), user);
        init.args(["--no-sync", "--auth=trust", "-U", USER, "-D"])
            .arg(folder.join("data"))
            .stdout(Stdio::null());
        assert!(init.status().unwrap().success());
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(shell.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut until_ready = String::new();
        loop {
            let Some(line) = said.next() else {
                drop(shell.stdin.take());
                shell.wait().unwrap();
                return Some(Err(until_ready));
            };
            if line.contains("ready to accept connections") {
                break;
            }
            until_ready = until_ready + &line + "\n";
        }
        // What it says must go somewhere.
        std::thread::spawn(move || said.for_each(drop));
        Some(Ok(Self { programs, folder, user, _shell: shell }))
    }

    fn command(&self, program: &str) -> Command {
        command(&self.programs.join(program), self.user)
    }
}

fn command(program: &Path, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").env("LC_ALL", "C");
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

/// The folder of the newest server's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &PathBuf| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let of_package =
        versions.map(|entry| entry.path().join("bin")).filter(|path| path.join("initdb").exists());
    of_package.max_by_key(version).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path)
            .find(|path| path.join("initdb").exists() && path.join("postgres").exists())
    })
}

/// The user and the group that a server is run as by root.
fn unprivileged() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let user = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = user.split(':').skip(2).map_while(|id| id.parse().ok());
        Some((ids.next()?, ids.next()?))
    };
    ids("postgres").or_else(|| ids("nobody")).unwrap()
}
