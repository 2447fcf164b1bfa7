//! What the list says of rows whose outcome is unknown: a pure function, which `GUARANTEES.md` describes.

mod fits;
mod groups;
mod ids;
mod similar;

use cloudlx_model::{CreateCustomer, Customer, CustomerId};

pub use self::fits::{answers, fits};
pub use self::ids::Ids;

use self::similar::Names;
use crate::equal::Fingerprint;
use crate::journal::RowId;

/// A row whose customer may exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRow {
    /// Which row.
    pub row: RowId,
    /// What was sent, or is being sent, for it.
    pub request: CreateCustomer,
    /// How far it got.
    pub progress: Progress,
    /// How often in a row its send ended with a refusal that proves nothing.
    pub refusals: u32,
}

impl OpenRow {
    /// Whether its send has ended.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.progress != Progress::Sending
    }
}

/// How far an open row got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Somebody is sending it.
    Sending,
    /// Its send ended, and nobody knows how.
    Unknown {
        /// Whether the server said that it did something: its answer was a success or a redirect, if an unreadable one or
        /// one that names another row's customer.
        acted: bool,
    },
}

/// What is known besides the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Customers from before, and those of other rows.
    pub customers: Ids,
    /// Whether the server answered a row of this journal with other content than was sent.
    pub alters: bool,
}

/// What a list shows, as far as it matters: of the customers that were known before it was asked for, their ids alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shown {
    /// All customers that it shows.
    pub ids: Ids,
    /// Those that were not known. One that the list shows twice may be here twice.
    pub new: Vec<Customer>,
    /// Those that could not be read, and were not known as far as that can be told.
    pub unreadable: Vec<Unreadable>,
}

/// A customer of the list that could not be read: somebody, who may be any row's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// Which one of the list, from 1.
    pub place: u64,
    /// Its id, where that could be read.
    pub id: Option<CustomerId>,
}

/// What is to be done with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// This customer is the row's.
    Created {
        /// The customer.
        customer: CustomerId,
        /// Whether it may as well be that of another row that was settled with this one, which asks for something else
        /// that the list does not show.
        interchangeable: bool,
    },
    /// No customer was made, which is certain.
    NotCreated,
    /// It cannot be known.
    Uncertain(Undecidable),
    /// Another list may say more.
    NotYet(Wait),
}

/// Why it cannot be known whether a row was created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Undecidable {
    /// More customers fit than there are rows.
    #[error("{} new customers fit where {rows} may have been made, so somebody else creates the same: {}", customers.len(), listed(customers))]
    TooMany {
        /// The customers.
        customers: Vec<CustomerId>,
        /// How many rows they fit.
        rows: usize,
    },
    /// Fewer customers fit than there are rows, and the rows are not equal.
    #[error("{} of {rows} rows were created that differ in what the list does not show: {}", customers.len(), listed(customers))]
    TooFew {
        /// The customers.
        customers: Vec<CustomerId>,
        /// How many rows they fit.
        rows: usize,
    },
    /// As many customers as rows, which cannot be shared out.
    #[error(
        "the new customers {} cannot be those of the {rows} rows that they fit, so somebody else creates the same",
        listed(customers)
    )]
    Mixed {
        /// The customers.
        customers: Vec<CustomerId>,
        /// How many rows they fit.
        rows: usize,
    },
    /// The server's answer said that it did something, and the list shows no customer.
    #[error(
        "the server answered with a success that could not be read, or was not this row's, and the list shows no such \
         customer"
    )]
    Acted,
    /// A new customer that fits no row has nearly the name that this one asks for.
    #[error(
        "the new customer {customer} is not what the row asks for, and nearly is: the server may have made it of the row"
    )]
    Similar {
        /// The customer.
        customer: CustomerId,
    },
    /// A new customer cannot be read, so that it may be this row's.
    #[error(
        "the new customer in place {} of the list{} cannot be read: the server may have made it of the row",
        unreadable.place,
        unreadable.id.map(|id| format!(" (id {id})")).unwrap_or_default()
    )]
    Unreadable {
        /// The first such customer.
        unreadable: Unreadable,
    },
    /// The server changes what it is sent.
    #[error(
        "the server answered other rows with other content than was sent, so that no list can prove that it is not there"
    )]
    Alters,
    /// The list does not show all customers.
    #[error("the list lacks {missing} customers that are known to exist, so that no absence proves anything")]
    Incomplete {
        /// How many known customers it lacks.
        missing: usize,
    },
}

/// Why another list may say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A row that may be the same is being sent.
    Sending,
    /// The list lacks customers that are known to exist.
    Incomplete {
        /// How many.
        missing: usize,
    },
}

fn listed(customers: &[CustomerId]) -> String {
    const FEW: usize = 10;
    let mut ids: Vec<_> = customers.iter().take(FEW).map(ToString::to_string).collect();
    if customers.len() > FEW {
        ids.push("…".to_owned());
    }
    ids.join(", ")
}

/// A verdict on each of `rows` whose outcome is unknown, from a list that was asked the settle time after the last of
/// them was sent. What is known by now may be more than when it was asked for.
#[must_use]
pub fn settle(rows: &[OpenRow], known: &Known, shown: &Shown) -> Vec<(RowId, Verdict)> {
    let mut new: Vec<_> =
        shown.new.iter().filter(|customer| !known.customers.contains(customer.id)).collect();
    new.sort_unstable_by_key(|customer| customer.id);
    new.dedup_by_key(|customer| customer.id);
    let missing = known.customers.iter().filter(|customer| !shown.ids.contains(*customer)).count();

    let (groups, unexplained) = groups::of(rows, &new);
    let names = Names::of(unexplained.iter().map(|customer| customer.name.as_str()));
    // One that is known was there before, or is another row's.
    let is_known = |it: &&Unreadable| it.id.is_some_and(|id| known.customers.contains(id));
    let unreadable = shown.unreadable.iter().find(|it| !is_known(it)).copied();
    let absent = Absent { known, missing, unreadable, unexplained, names };
    let mut verdicts: Vec<_> = groups.iter().flat_map(|group| judge(group, &absent)).collect();
    verdicts.sort_unstable_by_key(|(row, _)| *row);
    verdicts
}

/// Rows and customers that fit one another, directly or through others.
#[derive(Debug)]
struct Group<'a> {
    rows: Vec<&'a OpenRow>,
    customers: Vec<&'a Customer>,
}

impl Group<'_> {
    fn are_equal(&self) -> bool {
        let mut fingerprints = self.rows.iter().map(|row| Fingerprint::of(&row.request));
        let first = fingerprints.next();
        fingerprints.all(|other| Some(other) == first)
    }

    fn is_being_sent(&self) -> bool {
        !self.rows.iter().all(|row| row.is_unknown())
    }

    fn ids(&self) -> Vec<CustomerId> {
        self.customers.iter().map(|customer| customer.id).collect()
    }

    /// The same verdict on each unknown row.
    fn all(&self, verdict: &Verdict) -> Vec<(RowId, Verdict)> {
        self.rows.iter().map(|row| (row.row, verdict.clone())).collect()
    }

    fn bound(&self, order: &[usize], interchangeable: bool) -> Vec<(RowId, Verdict)> {
        let rows = self.rows.iter().zip(order).filter_map(|(row, customer)| {
            let customer = self.customers.get(*customer)?.id;
            Some((row.row, Verdict::Created { customer, interchangeable }))
        });
        rows.collect()
    }
}

fn judge(group: &Group<'_>, absent: &Absent<'_>) -> Vec<(RowId, Verdict)> {
    let (rows, customers) = (group.rows.len(), group.customers.len());
    if group.is_being_sent() {
        let unknown = group.rows.iter().filter(|row| row.is_unknown());
        return unknown.map(|row| (row.row, Verdict::NotYet(Wait::Sending))).collect();
    }
    if customers == 0 {
        return group.rows.iter().map(|row| (row.row, absent.verdict(row))).collect();
    }
    if customers > rows {
        return group.all(&Verdict::Uncertain(Undecidable::TooMany { customers: group.ids(), rows }));
    }
    let equal = group.are_equal();
    if customers == rows {
        let order = if equal { Some((0..rows).collect()) } else { groups::share_out(group) };
        return match order {
            Some(order) => group.bound(&order, !equal),
            None => group.all(&Verdict::Uncertain(Undecidable::Mixed { customers: group.ids(), rows })),
        };
    }
    if !equal && absent.missing > 0 {
        // The next list may show customers of the others too.
        return group.all(&Verdict::NotYet(Wait::Incomplete { missing: absent.missing }));
    }
    if !equal {
        return group.all(&Verdict::Uncertain(Undecidable::TooFew { customers: group.ids(), rows }));
    }
    // Which of equal rows a customer is bound to makes no difference, but for those that the server said it acted on.
    let mut rows = group.rows.clone();
    rows.sort_by_key(|row| (row.progress != Progress::Unknown { acted: true }, row.row));
    let (made, not_made) = rows.split_at(customers.min(rows.len()));
    let made = made.iter().zip(group.ids());
    made.map(|(row, customer)| (row.row, Verdict::Created { customer, interchangeable: false }))
        .chain(not_made.iter().map(|row| (row.row, absent.verdict(row))))
        .collect()
}

/// What a row's absence from the list proves.
struct Absent<'a> {
    known: &'a Known,
    missing: usize,
    /// A new customer that cannot be read.
    unreadable: Option<Unreadable>,
    /// New customers that fit no row.
    unexplained: Vec<&'a Customer>,
    /// Their names.
    names: Names,
}

impl Absent<'_> {
    fn verdict(&self, row: &OpenRow) -> Verdict {
        let similar = || self.names.first_like(&row.request.name).and_then(|it| self.unexplained.get(it));
        // First of all: what this list lacks the next one may show, which settles the row whatever else speaks against that.
        if self.missing > 0 {
            Verdict::NotYet(Wait::Incomplete { missing: self.missing })
        } else if row.progress == (Progress::Unknown { acted: true }) {
            Verdict::Uncertain(Undecidable::Acted)
        } else if let Some(customer) = similar() {
            Verdict::Uncertain(Undecidable::Similar { customer: customer.id })
        } else if let Some(unreadable) = self.unreadable {
            Verdict::Uncertain(Undecidable::Unreadable { unreadable })
        } else if self.known.alters {
            Verdict::Uncertain(Undecidable::Alters)
        } else {
            Verdict::NotCreated
        }
    }
}
