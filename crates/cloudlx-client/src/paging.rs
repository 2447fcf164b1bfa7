//! What a response states about its list: that it is all of it, or a page; and which page is read next. Pure functions.
//!
//! The documentation shows no paging (sibling), so everything here is inferred from what the API's framework, its relatives
//! and other programs write. Whoever takes one page for the whole list concludes that the customers on the others do not
//! exist. So statements are looked for in every usual form, and in doubt the list counts as incomplete.

mod link;
pub(crate) mod pager;
pub(crate) mod statements;
mod vocabulary;
