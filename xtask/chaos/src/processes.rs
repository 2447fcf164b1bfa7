//! The processes of a world: the stub, the importers, and a PostgreSQL server where there is one.

pub(crate) mod import;
pub(crate) mod postgres;
mod running;
pub(crate) mod stub;

pub(crate) use running::Running;
