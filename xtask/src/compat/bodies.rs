//! Request and response bodies: the schemas, compared as sets of documents.

use serde_json::Value;

use super::algebra::{self, Difference};
use super::change::{Change, Verdict};
use super::contract::Contract;
use super::edits::{self, Edit, Kind};
use super::facts::{self, FactsError};
use super::samples::Samples;
use super::witness::{self, Judges};

/// Who writes the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The caller: what was accepted must still be accepted.
    Request,
    /// The server: what may come must be readable by yesterday's reader.
    Response,
}

/// A schema, and the document that its references point into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body<'a> {
    pub(super) schema: &'a Value,
    pub(super) document: &'a Value,
}

/// What was compared already: the schemas stand in files of their own and again in the OpenAPI document.
#[derive(Debug, Default)]
pub(super) struct Compared(Vec<(Role, Value, Value)>);

/// Compares every `*.schema.json`.
pub(super) fn compare(
    old: &Contract,
    new: &Contract,
    samples: &Samples,
    compared: &mut Compared,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for (file, schema) in &old.files {
        let Some(name) = name_of(file) else { continue };
        match new.file(file) {
            None => changes.push(
                Change::breaking(file, "file removed", file.as_str().into())
                    .noting("whoever loads this file finds nothing"),
            ),
            Some(after) => changes.extend(files(name, schema, after, samples, compared)),
        }
    }
    let added = new.files.keys().filter(|file| !old.files.contains_key(*file) && name_of(file).is_some());
    changes.extend(added.map(|file| Change::compatible(file, "file added")));
    changes
}

/// Compares the bodies of one place; nothing when they were compared before.
pub(super) fn body(
    place: &str,
    role: Role,
    old: Body<'_>,
    new: Body<'_>,
    samples: &Samples,
    compared: &mut Compared,
) -> Vec<Change> {
    let (before, after) = match (facts_of(old), facts_of(new)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(_), _) | (_, Err(_)) if old.document == new.document && old.schema == new.schema => {
            return Vec::new();
        }
        (Err(error), _) | (_, Err(error)) => {
            let reason = format!("the schema cannot be written without references: {error}");
            return vec![Change::not_proved(place, "schema, or what it refers to", reason)];
        }
    };
    if before == after {
        return Vec::new();
    }
    let key = (role, before, after);
    if compared.0.contains(&key) {
        return Vec::new();
    }
    let changes = Comparison::new(place, role, &key.1, &key.2, samples).changes();
    compared.0.push(key);
    changes
}

fn facts_of(body: Body<'_>) -> Result<Value, FactsError> {
    facts::of(body.schema, body.document)
}

fn files(name: &str, old: &Value, new: &Value, samples: &Samples, compared: &mut Compared) -> Vec<Change> {
    let mut changes = Vec::new();
    let differs = |keyword: &str| old.get(keyword) != new.get(keyword);
    if differs("$id") {
        let id = old.get("$id").cloned().unwrap_or_default();
        let note = "whoever refers to the schema by this name does not find it";
        changes.push(Change::breaking(name, "$id", id).noting(note));
    }
    if differs("$schema") {
        changes.push(Change::not_proved(
            name,
            "$schema",
            "keywords may mean something else in another dialect",
        ));
    }
    let role = if name.ends_with(".request") { Role::Request } else { Role::Response };
    let (before, after) = (Body { schema: old, document: old }, Body { schema: new, document: new });
    changes.extend(body(name, role, before, after, samples, compared));
    if changes.is_empty() && old != new {
        changes.push(Change::none(name, "only documentation, or the way it is written"));
    }
    changes
}

fn name_of(file: &str) -> Option<&str> {
    file.strip_suffix(".schema.json")
}

/// Two different schemas of one place.
struct Comparison<'a> {
    place: &'a str,
    role: Role,
    old: &'a Value,
    new: &'a Value,
    samples: &'a Samples,
}

/// What a difference came to.
enum Finding {
    Nothing,
    Document(Value),
    /// A document that shows one edit alone; another edit is in its way.
    Alone(Value),
    /// There is a document, and none was found.
    Some,
    Undecided(String),
}

impl<'a> Comparison<'a> {
    fn new(place: &'a str, role: Role, old: &'a Value, new: &'a Value, samples: &'a Samples) -> Self {
        Self { place, role, old, new, samples }
    }

    fn changes(&self) -> Vec<Change> {
        let (all, none) = self.sides(self.new);
        let whole = Whole { difference: algebra::difference(&all, &none), judges: Judges::new(&all, &none) };
        let is_safe = matches!(whole.difference, Difference::Empty) && !whole.is_refuted_by(self.samples);
        let edits = edits::between(self.old, self.new);
        if is_safe && edits.iter().all(|edit| edit.kind == Kind::Other) && self.nothing_gained() {
            return vec![Change::none(self.place, "written differently, accepts the same documents")];
        }
        let whole_or_safe = (!is_safe).then_some(&whole);
        let mut changes: Vec<_> = edits.iter().map(|edit| self.judged(edit, whole_or_safe)).collect();
        // Edits that break nobody alone may do so together.
        if !is_safe && changes.iter().all(|change| change.verdict < Verdict::Breaking) {
            let documents = witness::documents(&whole.difference, self.samples);
            let document = documents.into_iter().find(|it| whole.shows(it));
            changes.push(self.broken(
                self.place,
                "its changes taken together",
                found(document, whole.difference),
            ));
        }
        changes
    }

    /// `whole` is nothing when the change as a whole is proved to be safe.
    fn judged(&self, edit: &Edit, whole: Option<&Whole>) -> Change {
        let place = format!("{} {}", self.place, edit.place);
        let place = place.trim_end();
        let change = edit.change.as_str();
        match (edit.kind, self.role) {
            (Kind::Default, Role::Request) => {
                return Change::not_proved(place, change, "what an absent field means may have changed");
            }
            (Kind::Default, Role::Response) => return Change::none(place, change),
            _ => {}
        }
        let lost = whole.map_or(Finding::Nothing, |whole| self.lost_by(edit, whole));
        let is_gone = edit.kind == Kind::FieldRemoved && self.role == Role::Response;
        match lost {
            Finding::Nothing if is_gone => {
                let change = Change { verdict: Verdict::Breaking, ..Change::compatible(place, change) };
                let document = self.document_that_went(edit);
                Change { document, ..change.noting("a reader that uses the field gets it no more") }
            }
            Finding::Nothing if edit.kind == Kind::Other && self.is_same(edit) => {
                Change::none(place, change).noting("accepts the same documents")
            }
            Finding::Nothing => Change::compatible(place, change),
            lost => self.broken(place, change, lost),
        }
    }

    fn broken(&self, place: &str, change: &str, lost: Finding) -> Change {
        let shown = match self.role {
            Role::Request => "the old version accepts it, the new one refuses it",
            Role::Response => "the new version may send it, a reader of the old one refuses it",
        };
        match lost {
            Finding::Document(document) => Change::breaking(place, change, document).noting(shown),
            Finding::Alone(document) => {
                Change::breaking(place, change, document).noting(format!("taken alone, {shown}"))
            }
            Finding::Some => {
                let change = Change { verdict: Verdict::Breaking, ..Change::compatible(place, change) };
                change.noting("there are such documents, and none was found that is short enough to show")
            }
            Finding::Undecided(reason) => Change::not_proved(place, change, reason),
            Finding::Nothing => Change::compatible(place, change),
        }
    }

    /// What one edit loses; shown, where that is possible, by a document that the whole change loses too.
    fn lost_by(&self, edit: &Edit, whole: &Whole) -> Finding {
        let (minuend, subtrahend) = self.sides(&edit.edited);
        let difference = algebra::difference(&minuend, &subtrahend);
        if matches!(difference, Difference::Empty) {
            return Finding::Nothing;
        }
        let Some(alone) = Judges::new(&minuend, &subtrahend) else { return found(None, difference) };
        let mut document = None;
        let sources: [&dyn Fn() -> Vec<Value>; 3] = [
            &|| local(&minuend, &subtrahend, &edit.pointer),
            &|| witness::documents(&difference, self.samples),
            &|| witness::documents(&whole.difference, self.samples),
        ];
        for documents in sources {
            let mut shown = documents().into_iter().filter(|it| alone.agree(it)).peekable();
            document = document.or_else(|| shown.peek().cloned());
            if let Some(document) = shown.find(|it| whole.shows(it)) {
                return Finding::Document(document);
            }
        }
        document.map_or_else(|| found(None, difference), Finding::Alone)
    }

    fn nothing_gained(&self) -> bool {
        let (minuend, subtrahend) = self.sides(self.new);
        matches!(algebra::difference(&subtrahend, &minuend), Difference::Empty)
    }

    /// Whether an edit alone changes nothing but the way a schema is written.
    fn is_same(&self, edit: &Edit) -> bool {
        let (minuend, subtrahend) = self.sides(&edit.edited);
        let is_empty = |difference| matches!(difference, Difference::Empty);
        is_empty(algebra::difference(&minuend, &subtrahend))
            && is_empty(algebra::difference(&subtrahend, &minuend))
    }

    /// What may be sent, and what must accept it.
    fn sides(&self, new: &Value) -> (Value, Value) {
        match self.role {
            Role::Request => (self.old.clone(), new.clone()),
            Role::Response => (new.clone(), facts::opened(self.old)),
        }
    }

    /// An answer of the old version that the new one does not give.
    fn document_that_went(&self, edit: &Edit) -> Option<Value> {
        let judges = Judges::new(self.old, self.new)?;
        let difference = algebra::difference(self.old, &edit.edited);
        witness::documents(&difference, self.samples).into_iter().find(|it| judges.agree(it))
    }
}

/// The change as a whole: what is lost.
struct Whole {
    difference: Difference,
    judges: Option<Judges>,
}

impl Whole {
    fn shows(&self, document: &Value) -> bool {
        self.judges.as_ref().is_some_and(|judges| judges.agree(document))
    }

    /// A proof that nothing is lost must also hold for every sample.
    fn is_refuted_by(&self, samples: &Samples) -> bool {
        samples.documents.iter().any(|document| self.shows(document))
    }
}

/// Documents with what is lost at one place of the schema.
fn local(minuend: &Value, subtrahend: &Value, pointer: &str) -> Vec<Value> {
    let (Some(from), Some(less)) = (minuend.pointer(pointer), subtrahend.pointer(pointer)) else {
        return Vec::new();
    };
    witness::documents_with(&algebra::difference(from, less), minuend, pointer)
}

fn found(document: Option<Value>, difference: Difference) -> Finding {
    match (document, difference) {
        (Some(document), _) => Finding::Document(document),
        (None, Difference::Empty) => Finding::Nothing,
        (None, Difference::Schema { certain: true, .. }) => Finding::Some,
        (None, Difference::Schema { certain: false, .. }) => Finding::Undecided(
            "the algebra can neither prove nor refute it, and no document shows it".to_owned(),
        ),
        (None, Difference::Undecided(reason)) => {
            Finding::Undecided(format!("the algebra gives up: {reason}"))
        }
    }
}
