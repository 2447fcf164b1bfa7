//! Two schemas of one place, compared as sets of documents, and each edit between them judged.

use serde_json::{Value, json};

use crate::change::{Change, Verdict};
use crate::schema::algebra::{self, Difference};
use crate::schema::edits::{self, Edit, Kind};
use crate::schema::facts;
use crate::schema::fields;
use crate::schema::hole;
use crate::schema::role::Role;
use crate::schema::samples::Samples;
use crate::schema::witness::{self, Judges};
use crate::written::from_to;

const GONE: &str = "a reader that uses the field gets it no more";

/// Two different schemas of one place.
pub(crate) struct Comparison<'a> {
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
    pub(crate) fn new(
        place: &'a str,
        role: Role,
        old: &'a Value,
        new: &'a Value,
        samples: &'a Samples,
    ) -> Self {
        Self { place, role, old, new, samples }
    }

    pub(crate) fn changes(&self) -> Vec<Change> {
        if self.role == Role::Response && fields::is_empty(self.new) && !fields::is_empty(self.old) {
            let what = format!("schema: {}", from_to(Some(self.old), Some(self.new)));
            let note = "no answer meets the new schema";
            let change = Change { verdict: Verdict::Breaking, ..Change::compatible(self.place, what) };
            return vec![Change { document: self.answer_with(""), ..change.noting(note) }];
        }
        let (all, none) = self.sides(self.new);
        let whole = Whole { difference: algebra::difference(&all, &none), judges: Judges::new(&all, &none) };
        let is_safe = matches!(whole.difference, Difference::Empty) && !whole.is_refuted_by(self.samples);
        let edits = edits::between(self.old, self.new);
        let gone = self.gone(&edits);
        let is_other = edits.iter().all(|edit| edit.kind == Kind::Other) && gone.is_empty();
        if is_safe && is_other && self.nothing_gained() {
            return vec![Change::none(self.place, "written differently, accepts the same documents")];
        }
        let whole_or_safe = (!is_safe).then_some(&whole);
        let mut changes: Vec<_> = edits.iter().map(|edit| self.judged(edit, whole_or_safe)).collect();
        changes.extend(gone);
        if !is_safe {
            changes.extend(self.together(whole, &changes));
        }
        changes
    }

    /// Edits that break nobody alone may do so together. Where one of them is not proved and may be accepted, only a
    /// document tells.
    fn together(&self, whole: Whole, changes: &[Change]) -> Option<Change> {
        let is_broken = |change: &Change| change.verdict == Verdict::Breaking;
        if changes.iter().any(|change| is_broken(change) && change.proved) {
            return None;
        }
        let documents = witness::documents(&whole.difference, self.samples);
        let document = documents.into_iter().find(|it| whole.shows(it));
        if document.is_none() && changes.iter().any(is_broken) {
            return None;
        }
        let what = "its changes taken together";
        let whole_text = format!("{what}: {}", from_to(Some(self.old), Some(self.new)));
        Some(self.broken(self.place, (what, &whole_text), found(document, whole.difference)))
    }

    /// Fields of the old version's answers that the new one's cannot have, and no edit says so.
    fn gone(&self, edits: &[Edit]) -> Vec<Change> {
        if self.role == Role::Request {
            return Vec::new();
        }
        let left = fields::places_in(self.new);
        let mut gone: Vec<String> = Vec::new();
        for place in fields::places_in(self.old).into_iter().filter(|place| !left.contains(place)) {
            let is_inside = gone.iter().any(|outer| place.starts_with(&format!("{outer}/")));
            if !is_inside {
                gone.push(place);
            }
        }
        let is_said = |place: &String| {
            let mut removed = edits.iter().filter(|edit| edit.kind == Kind::FieldRemoved);
            removed.any(|edit| *place == edit.place || place.starts_with(&format!("{}/", edit.place)))
        };
        gone.retain(|place| !is_said(place));
        let change = |place: String| {
            let what = "field removed, or nothing can stand in it";
            let change = Change::compatible(format!("{} {place}", self.place), what).noting(GONE);
            Change { verdict: Verdict::Breaking, document: self.answer_with(&place), ..change }
        };
        gone.into_iter().map(change).collect()
    }

    /// `whole` is nothing when the change as a whole is proved to be safe.
    fn judged(&self, edit: &Edit, whole: Option<&Whole>) -> Change {
        let place = format!("{} {}", self.place, edit.place);
        let place = place.trim_end();
        let what = edit.what.as_str();
        let lost = whole.map_or(Finding::Nothing, |whole| self.lost_by(edit, whole));
        let is_gone = edit.kind == Kind::FieldRemoved && self.role == Role::Response;
        match lost {
            Finding::Nothing | Finding::Undecided(_) if is_gone => {
                let change = Change { verdict: Verdict::Breaking, ..Change::compatible(place, what) };
                let document = self.document_that_went(edit).or_else(|| self.answer_with(&edit.place));
                Change { document, ..change.noting(GONE) }
            }
            Finding::Nothing if edit.kind == Kind::Other && self.is_same(edit) => {
                Change::none(place, what).noting("accepts the same documents")
            }
            Finding::Nothing => Change::compatible(place, what),
            lost => self.broken(place, (what, &edit.whole), lost),
        }
    }

    /// `whole` says what is different with both values.
    fn broken(&self, place: &str, (change, whole): (&str, &str), lost: Finding) -> Change {
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
            Finding::Undecided(reason) => Change::unproved(place, whole, reason),
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

    /// An answer of the old version that has something at `place`, best one that the new version does not give.
    fn answer_with(&self, place: &str) -> Option<Value> {
        let having = json!({ "allOf": [self.old, fields::having(place)] });
        let old = algebra::validator(&having)?;
        let new = algebra::validator(self.new)?;
        let made = algebra::difference(&having, &Value::Bool(false));
        let documents = witness::documents(&made, self.samples).into_iter().filter(|it| old.is_valid(it));
        let documents: Vec<_> = documents.collect();
        documents.iter().find(|it| !new.is_valid(it)).or(documents.first()).cloned()
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
    hole::documents_with(&algebra::difference(from, less), minuend, pointer)
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
