//! Attributes the code of a program to crates.
//!
//! A Rust symbol names the crate that defines its function; a generic function counts for that crate and not for its user.
//! C symbols name no crate, but they are in the library of the crate that links them.

use std::collections::HashMap;

use object::read::archive::ArchiveFile;
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

/// The owner of code without a crate, such as that of the linker.
const OTHER: &str = "nobody known";

/// The crates of symbols that name none.
#[derive(Debug, Default)]
pub(super) struct Natives(HashMap<String, String>);

impl Natives {
    /// Adds the symbols of a crate's library. If several libraries have a symbol, the first one keeps it.
    pub(super) fn read(&mut self, name: &str, library: &[u8]) -> Result<(), object::Error> {
        let archive = ArchiveFile::parse(library)?;
        for member in archive.members() {
            // A library also contains metadata of the compiler.
            let Ok(code) = object::File::parse(member?.data(library)?) else { continue };
            let symbols = code.symbols().filter(object::ObjectSymbol::is_definition);
            let names = symbols.filter_map(|symbol| symbol.name().ok());
            for symbol in names.filter(|symbol| crate_of(symbol).is_none()) {
                self.0.entry(symbol.to_owned()).or_insert_with(|| name.replace('-', "_"));
            }
        }
        Ok(())
    }

    fn owner(&self, symbol: &str) -> String {
        crate_of(symbol).or_else(|| self.0.get(symbol).cloned()).unwrap_or_else(|| OTHER.to_owned())
    }
}

/// The code of a program, in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) total: u64,
    /// The size of each crate's code, the largest first.
    pub(super) by_crate: Vec<(String, u64)>,
}

impl Code {
    /// Reads a program; `None` if it has no code or no symbols.
    pub(super) fn read(program: &[u8], natives: &Natives) -> Result<Option<Self>, object::Error> {
        let program = object::File::parse(program)?;
        let Some(text) = program.section_by_name(".text") else { return Ok(None) };
        let range = text.address()..text.address() + text.size();
        let symbols = program.symbol_map();
        let symbols = symbols.symbols().iter().filter(|symbol| range.contains(&symbol.address()));
        let symbols: Vec<_> = symbols.map(|symbol| (symbol.address(), symbol.name())).collect();
        Ok((!symbols.is_empty()).then(|| Self::sum(&symbols, range.end, text.size(), natives)))
    }

    /// Each symbol extends to the next one: not every format has sizes.
    fn sum(symbols: &[(u64, &str)], end: u64, total: u64, natives: &Natives) -> Self {
        let ends = symbols.iter().skip(1).map(|(address, _)| *address).chain([end]);
        let mut sizes: HashMap<String, u64> = HashMap::new();
        for ((address, name), end) in symbols.iter().zip(ends) {
            *sizes.entry(natives.owner(name)).or_default() += end - address;
        }
        let mut by_crate: Vec<_> = sizes.into_iter().collect();
        by_crate.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Self { total, by_crate }
    }
}

/// The first crate in a Rust symbol: `core` for `<&T as core::fmt::Debug>::fmt`. The standard libraries count as one.
fn crate_of(symbol: &str) -> Option<String> {
    let name = format!("{:#}", rustc_demangle::try_demangle(symbol).ok()?);
    let is_of_a_name = |c: char| c.is_alphanumeric() || c == '_';
    let (path, _function) = name.rsplit_once("::")?;
    let first = path.split("::").find_map(|before| {
        let start = before.rfind(|c| !is_of_a_name(c)).map_or(0, |at| at + 1);
        before.get(start..).filter(|it| !it.is_empty())
    })?;
    let owner = if ["alloc", "core", "std", "__rustc"].contains(&first) { "std" } else { first };
    Some(owner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_names_the_crate_that_wrote_it() {
        for (symbol, owner) in [
            ("_ZN10serde_json2de10from_slice17h0123456789abcdefE", Some("serde_json")),
            ("_ZN42_$LT$$RF$T$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE", Some("std")),
            (
                "_ZN61_$LT$tokio..sync..Mutex$u20$as$u20$core..default..Default$GT$7default17h0123456789abcdefE",
                Some("tokio"),
            ),
            ("_RNvNtNtCsjrHSEGnQ3l9_3std6thread11main_thread4MAIN", Some("std")),
            ("_RNvCs4X4t9plMPHF_9addr2line4find", Some("addr2line")),
            ("sqlite3_open", None),
            ("main", None),
        ] {
            assert_eq!(crate_of(symbol).as_deref(), owner, "{symbol}");
        }
    }

    #[test]
    fn a_symbol_takes_what_lies_before_the_next() {
        let natives = Natives(HashMap::from([("sqlite3_open".to_owned(), "libsqlite3_sys".to_owned())]));
        let symbols = [
            (100, "_ZN10serde_json2de10from_slice17h0123456789abcdefE"),
            (110, "sqlite3_open"),
            (150, "_start"),
            (155, "_ZN10serde_json2de8from_str17h0123456789abcdefE"),
        ];
        let code = Code::sum(&symbols, 175, 80, &natives);
        let by_crate = [("libsqlite3_sys", 40), ("serde_json", 30), (OTHER, 5)];
        let by_crate = by_crate.map(|(name, size)| (name.to_owned(), size)).to_vec();
        assert_eq!(code, Code { total: 80, by_crate });
    }

    #[test]
    fn a_program_has_code_of_std_and_of_its_own() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let code = Code::read(&program, &Natives::default()).unwrap().unwrap();
        let sum: u64 = code.by_crate.iter().map(|(_, size)| size).sum();
        assert!(0 < sum && sum <= code.total);
        for name in ["std", env!("CARGO_CRATE_NAME")] {
            assert!(code.by_crate.iter().any(|(owner, size)| owner == name && *size > 0), "{name}");
        }
    }
}
