//! What can be written on the command line.

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use cloudlx_import::Rate;
use cloudlx_model::CustomerId;
use cloudlx_validate::plain::Plain;

use crate::format::Format;
use crate::output;
use crate::place::Place;

const ENVIRONMENT: &str = "\
Environment:
  CLOUDLX_BASE_URL             Where the API is, such as https://www.infiny.io
  CLOUDLX_ACCESS_TOKEN         An access token, which is used first, or instead of it:
  CLOUDLX_CLIENT_ID            The client's id
  CLOUDLX_CLIENT_SECRET        The client's secret
  CLOUDLX_ACCESS_TOKEN_FILE    In place of CLOUDLX_ACCESS_TOKEN: a file that holds it
  CLOUDLX_CLIENT_SECRET_FILE   In place of CLOUDLX_CLIENT_SECRET: a file that holds it
  PGPASSWORD                   Of a journal or a stub's state in PostgreSQL: the password, where its address has none

Exit codes:
  0  done
  1  the input is invalid, nothing was sent; of drift: the API has drifted
  2  the command could not run: wrong usage, a file that cannot be read, a missing setting
  3  the API refused, cannot be reached before something is put right, or its list cannot be read whole
  4  not processed; it is safe to try again
  5  a customer may have been created: look before you send the request again";

const IMPORT_EXIT_CODES: &str = "\
Exit codes, of all rows together:
  0  a customer was created for each row
  1  the input is invalid; nothing was sent
  2  the command could not run
  3  some rows were refused or left out, or the API refuses all until something is put right
  4  not done: the same command again goes on
  5  of some rows it cannot be known whether they were created; the report says why";

/// What was written on the command line; ends the program when that is help, or wrong.
///
/// What is wrong is said by clap, which shows arguments as they are: it is given them again, made plain.
pub(crate) fn parse() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| {
        let plain = std::env::args_os().map(|argument| Plain(&argument.to_string_lossy()).to_string());
        if let Err(said_plainly) = Arguments::try_parse_from(plain) {
            said_plainly.exit();
        }
        // Only bytes that are no text can be wrong as they are and right when they are made plain.
        output::note(&format!("error: {}: see `cloudlx --help`", error.kind()));
        std::process::exit(error.exit_code())
    })
}

/// The CloudLX (today: Infiny) customers API: check requests, create customers, run a stub.
#[derive(Debug, Parser)]
#[command(name = "cloudlx", version, after_help = ENVIRONMENT)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// How to print [default: human on a terminal, else json]
    #[arg(long, global = true, value_enum)]
    pub(crate) format: Option<Format>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create, list and read customers
    #[command(subcommand)]
    Customers(CustomersCommand),
    /// The realms that a customer can be given
    #[command(subcommand)]
    Realms(ListCommand),
    /// The sub-realms that a customer can be shown and given
    #[command(subcommand, name = "sub-realms")]
    SubRealms(ListCommand),
    /// Create a customer for each row of a file: none lost, none twice
    ///
    /// Every row is checked before any is sent. The journal keeps what became of each: the same command again goes on
    /// where the last one ended, however it did.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = IMPORT_EXIT_CODES)]
    Import {
        #[command(subcommand)]
        command: Option<ImportCommand>,
        #[command(flatten)]
        import: ImportArguments,
    },
    /// Check create-customer requests; sends nothing
    Validate {
        /// Files with requests; - for standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// What the files hold [default: ndjson for files called .ndjson or .jsonl, else json]
        #[arg(long, value_enum)]
        input: Option<Input>,
    },
    /// Run a stub of the API until it is interrupted
    ///
    /// The client's id and secret are both `stub`, unless `CLOUDLX_STUB_CLIENTS=ID:SECRET,…` says otherwise.
    Stub(StubArguments),
    /// Check whether a live API still answers as the contract says; calls only what reads
    ///
    /// Asks for a token, calls the lists and the details of a few customers, and holds each answer against the contract:
    /// status, media type, and every field. Prints no value of any answer. Exits 0 when all is the same or there are new
    /// fields only, 1 when it has drifted, 3 or 4 when a call could not be checked.
    Drift {
        /// How many customers to read the details of
        #[arg(long, value_name = "N", default_value_t = 3)]
        customers: usize,
        /// Keep a sample of each answer in this folder; names, e-mail addresses and secrets are masked
        #[arg(long, value_name = "DIR")]
        record: Option<PathBuf>,
        #[command(flatten)]
        server: Server,
    },
    /// Print a JSON Schema, or the names of all
    Schema {
        /// Such as create-customer.request
        name: Option<String>,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
}

/// How the stub is to be.
#[derive(Debug, Args)]
pub(crate) struct StubArguments {
    /// Where to listen; port 0 is any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = address)]
    pub(crate) listen: SocketAddr,
    /// The realms and sub-realms that exist, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) catalogue: Option<PathBuf>,
    /// What goes wrong, as JSON; `cloudlx schema faults` prints its form
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// Let programs, and the stub's own page, drive the stub at /__stub/: reset, customers, faults, requests, clock,
    /// tokens. For other machines than this one `CLOUDLX_STUB_CONTROL_TOKEN` must be set, and requests must bring it
    #[arg(long)]
    pub(crate) control: bool,
    /// Keep customers in this file (SQLite) for the next stub that is given it, or customers and tokens in a PostgreSQL
    /// database that several stubs share, given as `postgres://USER@HOST/DATABASE`; made where there is none
    #[arg(long, value_name = "FILE|URL", value_parser = place())]
    pub(crate) state: Option<Place>,
    /// How many of the last requests are kept, in 8 KiB for each on average
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) keep_requests: usize,
    /// How many milliseconds every answer takes
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,
    /// A client that may read and not create, by its id; may be given several times
    #[arg(long, value_name = "ID")]
    pub(crate) read_only_client: Vec<String>,
    /// How many calls a client may make in a minute [default: as many as it likes]
    #[arg(long, value_name = "N")]
    pub(crate) rate_limit: Option<NonZeroU32>,
    /// Page the lists of customers, realms and sub-realms, with so many in a page, as the framework below the API does
    /// (inferred: no page documents it): `meta.pagination` beside the list, other pages by `?page=N` [default: no pages]
    #[arg(long, value_name = "N")]
    pub(crate) page_size: Option<NonZeroU16>,
    /// How many connections there are at once; one that idles is closed for a new one
    #[arg(long, value_name = "N", default_value = "512")]
    pub(crate) max_connections: NonZeroUsize,
    /// Write the base URL to this file once the stub takes requests, and remove it when it stops
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Print a line on stderr for each request: when, method, endpoint, status, how long, rules that it broke
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Log::Off)]
    pub(crate) log: Log,
}

/// How requests to the stub are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Log {
    /// Not
    Off,
    /// For people
    Human,
    /// For programs, as JSON
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomersCommand {
    /// Check a request and create the customer, which is printed as JSON, for people too
    Create {
        /// A file with one request; - for standard input
        file: PathBuf,
        #[command(flatten)]
        server: Server,
    },
    /// List the customers
    ///
    /// All pages of the list are read. One that the server says is not whole is an error (exit code 3, or 4 where trying
    /// again can help). Customers that cannot be read are named on stderr, by place and id, and the exit code is 3; the
    /// others are printed.
    List {
        #[command(flatten)]
        server: Server,
    },
    /// Read one customer, which is printed as JSON, for people too
    Get {
        /// The customer's id
        id: CustomerId,
        #[command(flatten)]
        server: Server,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Say what became of the rows of an import, which may be under way
    Status {
        /// The import's journal: a file, or a PostgreSQL database as `postgres://USER@HOST/DATABASE`
        #[arg(long, value_name = "FILE|URL", value_parser = place())]
        journal: Place,
        /// Where to write a line a row: CSV, or JSON for files called .ndjson or .jsonl
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
}

/// What to import, and how.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// CSV with a header row, requests as JSON (one a line, or an array), or an Excel workbook
    #[arg(required = true)]
    pub(crate) file: Option<PathBuf>,
    /// Where to keep what became of each row, made when it is not there: a file, or a PostgreSQL database as
    /// `postgres://USER@HOST/DATABASE`, which several machines may share; an import has one of its own
    #[arg(long, value_name = "FILE|URL", required_unless_present = "dry_run", value_parser = place())]
    pub(crate) journal: Option<Place>,
    /// What the file holds [default: as its name says]
    #[arg(long, value_enum)]
    pub(crate) input: Option<Rows>,
    /// Check all rows, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Leave invalid rows out, and send the others; mended, they need a file and a journal of their own
    #[arg(long)]
    pub(crate) skip_invalid: bool,
    /// Create a customer for each of several rows that are equal
    #[arg(long)]
    pub(crate) allow_equal_rows: bool,
    /// How many requests are on the wire together
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: u16,
    /// How many requests for customers are sent in a second at most, such as 5/s; what is sent again counts [default: as
    /// many as go]
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub(crate) rate: Option<Rate>,
    /// How long after a lost answer a create may still land
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = humantime::parse_duration)]
    pub(crate) settle: Duration,
    /// In a database: how long a machine may not be heard of before the rows that it was sending count as unknown
    #[arg(long, value_name = "DURATION", default_value = "3m", value_parser = humantime::parse_duration)]
    pub(crate) lease: Duration,
    /// Where to write a line a row: CSV, or JSON for files called .ndjson or .jsonl
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) server: Server,
}

/// What a file of rows holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rows {
    /// Comma-, semicolon- or tab-separated, with a header row
    Csv,
    /// One request a line
    Ndjson,
    /// An array of requests
    Json,
    /// An Excel workbook, of which the first sheet is read
    Xlsx,
}

/// Takes anything: what is wrong with an address is said later, without its password.
fn place() -> impl TypedValueParser<Value = Place> {
    OsStringValueParser::new().map(Place::from)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let expected =
        "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080; port 0 is any that is free";
    text.parse().map_err(|_| expected.to_owned())
}

fn rate(text: &str) -> Result<Rate, String> {
    let number = text.strip_suffix("/s").and_then(|number| number.parse().ok());
    let number = number.ok_or("expected a number a second, such as 5/s or 0.5/s")?;
    Rate::per_second(number).map_err(|error| error.to_string())
}

fn more_than_nothing(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("expected a time of more than nothing, such as 30s".to_owned()),
        Ok(time) => Ok(time),
        Err(error) => Err(error.to_string()),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ListCommand {
    /// List them
    List {
        #[command(flatten)]
        server: Server,
    },
}

/// Whom to call.
#[derive(Debug, Args)]
pub(crate) struct Server {
    /// Call a stub inside this process, not `CLOUDLX_BASE_URL`
    #[arg(long)]
    pub(crate) stub: bool,
    /// Send over plain http to other machines as well, which shows secrets to everyone on the way
    #[arg(long)]
    pub(crate) allow_plain_http: bool,
    /// How long to wait for one answer; a call with all that it tries again has four times that, and at least two minutes
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = more_than_nothing)]
    pub(crate) timeout: Duration,
}

/// What a file of requests holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Input {
    /// One request, or an array of them
    Json,
    /// One request a line
    Ndjson,
}
