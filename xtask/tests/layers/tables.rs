//! Which folder of a crate may use which others: the arrows of ARCHITECTURE.md.

/// A folder below `src`, or a file that stands beside the folders, and those that it may use. They stand below it in its
/// table.
pub(crate) type Layer = (&'static str, &'static [&'static str]);

pub(crate) const STUB: &[Layer] = &[
    ("lib", &[]),
    (
        "builder",
        &[
            "stub", "http", "exchange", "side", "server", "observe", "faults", "api", "store", "auth",
            "wire", "clock",
        ],
    ),
    ("stub", &["server", "observe", "faults", "api", "store", "clock"]),
    ("http", &["exchange", "api", "wire", "lock"]),
    ("exchange", &["side", "server", "observe", "faults", "api", "wire"]),
    ("side", &["server", "observe", "faults", "api", "store", "auth", "wire", "clock"]),
    ("server", &["observe", "faults", "api", "auth", "wire"]),
    ("observe", &["auth", "wire", "lock"]),
    ("faults", &["api", "wire", "lock"]),
    ("api", &["store", "auth", "wire", "clock", "lock"]),
    ("store", &["auth", "clock", "lock"]),
    ("auth", &["clock", "lock"]),
    ("wire", &["lock"]),
    ("clock", &[]),
    ("lock", &[]),
];

pub(crate) const CLIENT: &[Layer] = &[
    ("lib", &[]),
    ("builder", &["client", "call", "auth", "error", "transport"]),
    ("client", &["call", "auth", "error", "success", "proof", "transport"]),
    ("call", &["auth", "error", "success", "proof", "paging", "response", "redact", "transport", "time"]),
    ("auth", &["error", "success", "response", "redact", "transport", "time"]),
    ("error", &["proof", "paging", "response", "transport", "time"]),
    ("success", &["paging", "response", "redact"]),
    ("proof", &["response"]),
    ("paging", &[]),
    ("response", &["redact", "transport"]),
    ("redact", &[]),
    ("transport", &[]),
    ("time", &[]),
];

pub(crate) const IMPORT: &[Layer] = &[
    ("lib", &[]),
    ("check", &["input", "journal", "row", "hash"]),
    ("run", &["journal", "settle", "row"]),
    ("report", &["journal"]),
    ("input", &["hash"]),
    ("journal", &["settle", "row", "hash"]),
    ("settle", &["row"]),
    ("row", &[]),
    ("hash", &[]),
];

pub(crate) const COMMAND_LINE: &[Layer] = &[
    ("main", &["arguments", "failure", "output", "runtime"]),
    ("arguments", &["commands", "exit", "failure", "output"]),
    (
        "commands",
        &[
            "server",
            "storage",
            "interrupt",
            "not_built",
            "failure",
            "advice",
            "credentials",
            "environment",
            "exit",
            "requests",
            "output",
        ],
    ),
    ("server", &["failure", "advice", "credentials", "environment", "output"]),
    ("storage", &["not_built", "failure", "environment"]),
    ("not_built", &["failure"]),
    ("interrupt", &["failure", "exit", "output"]),
    ("failure", &["answer", "advice", "credentials", "environment", "exit", "requests", "output"]),
    ("answer", &[]),
    ("advice", &["credentials"]),
    ("credentials", &["environment"]),
    ("environment", &[]),
    ("exit", &[]),
    ("requests", &["output"]),
    ("output", &[]),
    ("runtime", &[]),
];
