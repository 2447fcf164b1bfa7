//! Compares two schemas of one place as sets of documents, and judges each edit between them.

use serde_json::{Value, json};

use crate::change::{Change, Verdict};
use crate::schema::algebra::{self, Difference};
use crate::schema::edits::{self, Edit, Kind};
use crate::schema::embed;
use crate::schema::facts;
use crate::schema::fields;
use crate::schema::role::Role;
use crate::schema::samples::Samples;
use crate::schema::witness::{self, Validators};
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

/// The result of comparing two sets of documents.
enum Finding {
    Nothing,
    Document(Value),
    /// This document shows the break of one edit; the other edits hide it in the whole change.
    Alone(Value),
    /// The algebra proves that a document exists, but none was found.
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
            return vec![Change { document: self.find_answer_with(""), ..change.noting(note) }];
        }
        let (all, none) = self.sides(self.new);
        let whole = WholeChange {
            difference: algebra::difference(&all, &none),
            validators: Validators::new(&all, &none),
        };
        let is_safe = matches!(whole.difference, Difference::Empty) && !whole.is_refuted_by(self.samples);
        let edits = edits::between(self.old, self.new);
        let gone = self.removed_fields(&edits);
        let is_other = edits.iter().all(|edit| edit.kind == Kind::Other) && gone.is_empty();
        if is_safe && is_other && self.accepts_no_more() {
            return vec![Change::none(self.place, "written differently, accepts the same documents")];
        }
        let whole_or_safe = (!is_safe).then_some(&whole);
        let mut changes: Vec<_> = edits.iter().map(|edit| self.judge(edit, whole_or_safe)).collect();
        changes.extend(gone);
        if !is_safe {
            changes.extend(self.judge_together(whole, &changes));
        }
        changes
    }

    /// Edits that break nobody one by one may break somebody together. If one of them is not proved, and may be accepted,
    /// only a document shows that.
    fn judge_together(&self, whole: WholeChange, changes: &[Change]) -> Option<Change> {
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
        Some(self.report(self.place, (what, &whole_text), finding(document, whole.difference)))
    }

    /// Fields that old responses can have and new ones cannot, unless an edit already reports the removal.
    fn removed_fields(&self, edits: &[Edit]) -> Vec<Change> {
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
        let is_reported = |place: &String| {
            let mut removed = edits.iter().filter(|edit| edit.kind == Kind::FieldRemoved);
            removed.any(|edit| *place == edit.place || place.starts_with(&format!("{}/", edit.place)))
        };
        gone.retain(|place| !is_reported(place));
        let change = |place: String| {
            let what = "field removed, or nothing can stand in it";
            let change = Change::compatible(format!("{} {place}", self.place), what).noting(GONE);
            Change { verdict: Verdict::Breaking, document: self.find_answer_with(&place), ..change }
        };
        gone.into_iter().map(change).collect()
    }

    /// Judges one edit. `whole` is `None` when the whole change is proved to be safe.
    fn judge(&self, edit: &Edit, whole: Option<&WholeChange>) -> Change {
        let place = format!("{} {}", self.place, edit.place);
        let place = place.trim_end();
        let what = edit.what.as_str();
        let lost = whole.map_or(Finding::Nothing, |whole| self.find_loss(edit, whole));
        let is_gone = edit.kind == Kind::FieldRemoved && self.role == Role::Response;
        match lost {
            Finding::Nothing | Finding::Undecided(_) if is_gone => {
                let change = Change { verdict: Verdict::Breaking, ..Change::compatible(place, what) };
                let document = self.find_lost_answer(edit).or_else(|| self.find_answer_with(&edit.place));
                Change { document, ..change.noting(GONE) }
            }
            Finding::Nothing if edit.kind == Kind::Other && self.is_same(edit) => {
                Change::none(place, what).noting("accepts the same documents")
            }
            Finding::Nothing => Change::compatible(place, what),
            lost => self.report(place, (what, &edit.whole), lost),
        }
    }

    /// The change for a loss. `whole` describes it with both values.
    fn report(&self, place: &str, (change, whole): (&str, &str), lost: Finding) -> Change {
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

    /// Whether one edit loses documents; it prefers a document that the whole change loses too.
    fn find_loss(&self, edit: &Edit, whole: &WholeChange) -> Finding {
        let (minuend, subtrahend) = self.sides(&edit.edited);
        let difference = algebra::difference(&minuend, &subtrahend);
        if matches!(difference, Difference::Empty) {
            return Finding::Nothing;
        }
        let Some(alone) = Validators::new(&minuend, &subtrahend) else { return finding(None, difference) };
        let mut document = None;
        let sources: [&dyn Fn() -> Vec<Value>; 3] = [
            &|| documents_at(&minuend, &subtrahend, &edit.pointer),
            &|| witness::documents(&difference, self.samples),
            &|| witness::documents(&whole.difference, self.samples),
        ];
        for documents in sources {
            let mut shown = documents().into_iter().filter(|it| alone.differ_on(it)).peekable();
            document = document.or_else(|| shown.peek().cloned());
            if let Some(document) = shown.find(|it| whole.shows(it)) {
                return Finding::Document(document);
            }
        }
        document.map_or_else(|| finding(None, difference), Finding::Alone)
    }

    fn accepts_no_more(&self) -> bool {
        let (minuend, subtrahend) = self.sides(self.new);
        matches!(algebra::difference(&subtrahend, &minuend), Difference::Empty)
    }

    /// Whether an edit only rewrites the schema, which then accepts the same documents.
    fn is_same(&self, edit: &Edit) -> bool {
        let (minuend, subtrahend) = self.sides(&edit.edited);
        let is_empty = |difference| matches!(difference, Difference::Empty);
        is_empty(algebra::difference(&minuend, &subtrahend))
            && is_empty(algebra::difference(&subtrahend, &minuend))
    }

    /// The schema of what may be sent, and the schema that must accept it.
    fn sides(&self, new: &Value) -> (Value, Value) {
        match self.role {
            Role::Request => (self.old.clone(), new.clone()),
            Role::Response => (new.clone(), facts::opened(self.old)),
        }
    }

    /// An old response with a value at `place`, preferably one that the new version cannot send.
    fn find_answer_with(&self, place: &str) -> Option<Value> {
        let having = json!({ "allOf": [self.old, fields::having(place)] });
        let old = algebra::validator(&having)?;
        let new = algebra::validator(self.new)?;
        let made = algebra::difference(&having, &Value::Bool(false));
        let documents = witness::documents(&made, self.samples).into_iter().filter(|it| old.is_valid(it));
        let documents: Vec<_> = documents.collect();
        documents.iter().find(|it| !new.is_valid(it)).or(documents.first()).cloned()
    }

    /// An old response that the new version cannot send.
    fn find_lost_answer(&self, edit: &Edit) -> Option<Value> {
        let validators = Validators::new(self.old, self.new)?;
        let difference = algebra::difference(self.old, &edit.edited);
        witness::documents(&difference, self.samples).into_iter().find(|it| validators.differ_on(it))
    }
}

/// The change as a whole: the documents that it loses.
struct WholeChange {
    difference: Difference,
    validators: Option<Validators>,
}

impl WholeChange {
    fn shows(&self, document: &Value) -> bool {
        self.validators.as_ref().is_some_and(|validators| validators.differ_on(document))
    }

    /// Whether a sample contradicts the proof that nothing is lost.
    fn is_refuted_by(&self, samples: &Samples) -> bool {
        samples.documents.iter().any(|document| self.shows(document))
    }
}

/// Documents that differ only at `pointer`, by what is lost there.
fn documents_at(minuend: &Value, subtrahend: &Value, pointer: &str) -> Vec<Value> {
    let (Some(from), Some(less)) = (minuend.pointer(pointer), subtrahend.pointer(pointer)) else {
        return Vec::new();
    };
    embed::documents_with(&algebra::difference(from, less), minuend, pointer)
}

fn finding(document: Option<Value>, difference: Difference) -> Finding {
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
