//! Which files of a crate import which: read from the tokens of its sources, so that paths inside macros count too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path inside the crate, from its root: `["store", "sqlite"]`.
type Segments = Vec<String>;

/// A crate's files, and for each the files that define what it imports.
///
/// Tests are left out: modules behind `#[cfg(test)]`. A re-export is followed to the file that defines the name.
pub(crate) struct Imports(BTreeMap<String, BTreeSet<String>>);

impl Imports {
    /// Reads the crate below `src`, from its `lib.rs` or `main.rs`.
    pub(crate) fn read(src: &Path) -> Self {
        let root = ["lib.rs", "main.rs"].into_iter().find(|root| src.join(root).exists()).unwrap();
        let mut modules = BTreeMap::new();
        add_file(&mut modules, &Vec::new(), &src.join(root), src, src);
        Self::between(&modules)
    }

    /// The same of files that a test wrote down: name and content.
    pub(crate) fn of_texts(files: &[(&str, &str)]) -> Self {
        let mut modules = BTreeMap::new();
        for (name, text) in files {
            let stem = name.trim_end_matches(".rs");
            let path = if stem == "lib" { Vec::new() } else { stem.split('/').map(str::to_owned).collect() };
            add_module(&mut modules, path, name, TokenStream::from_str(text).unwrap());
        }
        Self::between(&modules)
    }

    fn between(modules: &BTreeMap<Segments, Module>) -> Self {
        let mut files = BTreeMap::<String, BTreeSet<String>>::new();
        for (path, module) in modules {
            let imported = files.entry(module.file.clone()).or_default();
            for used in &module.uses {
                if let Some(file) = defining_file(modules, path, used, 0) {
                    imported.insert(file);
                }
            }
            imported.remove(&module.file);
        }
        Self(files)
    }

    /// The files, and what each imports.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.0.iter().map(|(file, imported)| (file.as_str(), imported))
    }

    /// The circles: groups of files each of which reaches all others of its group by imports.
    pub(crate) fn circles(&self) -> Vec<BTreeSet<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.0.keys().map(|file| (file.as_str(), self.reached_from(file))).collect();
        let mut circles = BTreeSet::new();
        for (file, reaches) in &reached {
            let circle: BTreeSet<_> =
                reaches.iter().copied().filter(|other| reached[other].contains(file)).collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    /// The imports that make a circle, a line each.
    pub(crate) fn within(&self, circle: &BTreeSet<&str>) -> String {
        let lines = circle.iter().map(|file| {
            let inside: Vec<_> =
                self.0[*file].iter().map(String::as_str).filter(|it| circle.contains(it)).collect();
            format!("\n  {file} imports {}", inside.join(", "))
        });
        lines.collect()
    }

    fn reached_from<'a>(&'a self, file: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open = vec![file];
        while let Some(next) = open.pop() {
            for imported in self.0.get(next).into_iter().flatten() {
                if reached.insert(imported.as_str()) {
                    open.push(imported);
                }
            }
        }
        reached
    }
}

/// One module: where it stands, and which paths it mentions.
#[derive(Default)]
struct Module {
    file: String,
    /// Every path that begins inside the crate, as it is written.
    uses: Vec<Segments>,
    /// The names that `use` brings in, and what each stands for. `*` has those of a glob.
    names: BTreeMap<String, Vec<Segments>>,
}

/// Adds the module in `file`, and those that it declares.
fn add_file(
    modules: &mut BTreeMap<Segments, Module>,
    path: &Segments,
    file: &Path,
    folder: &Path,
    src: &Path,
) {
    let text = fs::read_to_string(file).unwrap();
    let tokens = TokenStream::from_str(&text).unwrap();
    let name = file.strip_prefix(src).unwrap().to_string_lossy().replace('\\', "/");
    for child in add_module(modules, path.clone(), &name, tokens) {
        let mut child_path = path.clone();
        child_path.push(child.name.clone());
        let child_folder = folder.join(&child.name);
        let flat = folder.join(format!("{}.rs", child.name));
        let file: PathBuf = child.written_at.map_or(flat, |at| file.parent().unwrap().join(at));
        let file = if file.exists() { file } else { child_folder.join("mod.rs") };
        add_file(modules, &child_path, &file, &child_folder, src);
    }
}

/// A module that stands in a file of its own.
struct Declared {
    name: String,
    /// What `#[path = "…"]` says.
    written_at: Option<String>,
}

/// Reads one module's tokens. Gives the modules back that it declares in other files.
fn add_module(
    modules: &mut BTreeMap<Segments, Module>,
    path: Segments,
    file: &str,
    tokens: TokenStream,
) -> Vec<Declared> {
    let mut module = Module { file: file.to_owned(), ..Module::default() };
    let mut declared = Vec::new();
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    let mut attributes = String::new();
    let mut is_public = false;
    let (mut reexported, mut words) = (Vec::new(), BTreeSet::new());
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                if let Some(TokenTree::Group(group)) = tokens.get(at) {
                    attributes.push_str(&group.to_string());
                    at += 1;
                }
                continue;
            }
            TokenTree::Ident(word) if word == "mod" => {
                let name = tokens[at].to_string();
                let is_test = attributes.contains("cfg (test)") || attributes.contains("cfg (all (test");
                match &tokens[at + 1] {
                    TokenTree::Group(body) if !is_test => {
                        let mut inner = path.clone();
                        inner.push(name);
                        add_module(modules, inner, file, body.stream());
                    }
                    TokenTree::Group(_) => {}
                    _ if is_test => {}
                    _ => declared.push(Declared { name, written_at: written_at(&attributes) }),
                }
                at += 2;
            }
            TokenTree::Ident(word) if word == "use" => {
                at = read_tree(&tokens, at, &Vec::new(), &mut |path, alias| {
                    let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
                    module.names.entry(name.clone()).or_default().push(path.clone());
                    if is_public {
                        reexported.push((name, path));
                    } else {
                        module.uses.push(path);
                    }
                });
            }
            TokenTree::Ident(word) if word == "pub" => {
                is_public = true;
                if let Some(TokenTree::Group(group)) = tokens.get(at)
                    && group.delimiter() == Delimiter::Parenthesis
                {
                    at += 1;
                }
                continue;
            }
            TokenTree::Ident(word) => {
                words.insert(word.to_string());
                if is_colons(&tokens, at) {
                    at = read_tree(&tokens, at - 1, &Vec::new(), &mut |path, _| module.uses.push(path));
                }
            }
            TokenTree::Group(group) => mentioned(group.stream(), &mut module.uses, &mut words),
            _ => {}
        }
        attributes.clear();
        is_public = false;
    }
    // Who only passes a name on does not use it.
    let used = reexported.into_iter().filter(|(name, _)| words.contains(name)).map(|(_, path)| path);
    module.uses.extend(used);
    modules.insert(path, module);
    declared
}

fn written_at(attributes: &str) -> Option<String> {
    let (_, rest) = attributes.split_once("path = \"")?;
    Some(rest.split('"').next()?.to_owned())
}

/// Paths inside bodies, arguments and macros.
fn mentioned(tokens: TokenStream, uses: &mut Vec<Segments>, words: &mut BTreeSet<String>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Group(group) => mentioned(group.stream(), uses, words),
            TokenTree::Ident(word) => {
                words.insert(word.to_string());
                // Every path counts; those of other crates and of types name no module of this one.
                if is_colons(&tokens, at) {
                    at = read_tree(&tokens, at - 1, &Vec::new(), &mut |path, _| uses.push(path));
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// Reads a path or a tree of paths that begins at `at`. Gives back where it ends.
fn read_tree(
    tokens: &[TokenTree],
    mut at: usize,
    before: &Segments,
    found: &mut dyn FnMut(Segments, Option<String>),
) -> usize {
    let mut path = before.clone();
    let start = at;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(word)) => {
                let word = word.to_string();
                // `{self}` means the path before it.
                if word != "self" || path.is_empty() {
                    path.push(word);
                }
                at += 1;
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => {
                path.push("*".to_owned());
                at += 1;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace && !path.is_empty() => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                let mut inside = 0;
                while inside < inner.len() {
                    // Each branch ends at its comma.
                    inside = read_tree(&inner, inside, &path, found).max(inside + 1);
                }
                return at + 1;
            }
            _ => break,
        }
        if !is_colons(tokens, at) {
            break;
        }
        at += 2;
    }
    let alias = match (tokens.get(at), tokens.get(at + 1)) {
        (Some(TokenTree::Ident(word)), Some(name)) if word == "as" => Some(name.to_string()),
        _ => None,
    };
    if at > start {
        found(path, alias.clone());
    }
    // The name that follows `as` is no use of it.
    if alias.is_some() { at + 2 } else { at }
}

/// The file that defines what `path` names, seen from the module `from`. None when it is not of this crate.
fn defining_file(
    modules: &BTreeMap<Segments, Module>,
    from: &Segments,
    path: &Segments,
    depth: usize,
) -> Option<String> {
    // Two modules may import all of each other.
    if depth > 20 {
        return None;
    }
    let mut at: Segments = from.clone();
    let mut rest = path.as_slice();
    match rest.first().map(String::as_str) {
        Some("crate") => {
            at.clear();
            rest = &rest[1..];
        }
        Some("self") => rest = &rest[1..],
        Some("super") => {
            while rest.first().is_some_and(|segment| segment == "super") {
                at.pop();
                rest = &rest[1..];
            }
        }
        Some(first) => {
            let mut child = at.clone();
            child.push(first.to_owned());
            let is_imported = modules[&at].names.contains_key(first) && path.len() > 1;
            if !modules.contains_key(&child) && !is_imported {
                return None;
            }
        }
        None => return None,
    }
    while let Some(segment) = rest.first() {
        let mut child = at.clone();
        child.push(segment.clone());
        if !modules.contains_key(&child) {
            break;
        }
        at = child;
        rest = &rest[1..];
    }
    let module = modules.get(&at)?;
    let Some(name) = rest.first().filter(|name| *name != "*") else { return Some(module.file.clone()) };
    let globs = module.names.get("*").into_iter().flatten();
    let whole = globs.map(|glob| {
        let mut whole = glob.clone();
        whole.pop();
        whole.push(name.clone());
        whole
    });
    let named = module.names.get(name).into_iter().flatten().cloned();
    for target in named.chain(whole) {
        if target == *path && at == *from {
            continue;
        }
        if let Some(file) = defining_file(modules, &at, &target, depth + 1) {
            return Some(file);
        }
    }
    // A name that came from another crate is nobody's here.
    (!module.names.contains_key(name)).then(|| module.file.clone())
}
