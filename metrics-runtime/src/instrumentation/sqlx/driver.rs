//! The executor of a database's connection, as functions.

use std::{fmt, pin::Pin};

use futures_core::Stream;
use sqlx::{Database, Describe, Either, Error, Executor, SqlStr};

use super::statement::ObservedStatement;

/// The type of the streams of [`sqlx::Executor`].
pub(super) type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

/// The type of the futures of [`sqlx::Executor`].
pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What one step of a stream of results is: the end of a statement, or a row.
pub(super) type Step<DB> = Either<<DB as Database>::QueryResult, <DB as Database>::Row>;

/// The verbs of the executor of `DB::Connection`.
///
/// An implementation of [`Executor`] for `&mut ObservedConnection<DB>` that asks for the executor
/// of `&mut DB::Connection` makes the compiler search without end: it takes the one for a possible
/// connection of the other. So a pool takes the functions when it is made, and the implementation
/// needs no bound.
#[expect(clippy::type_complexity, reason = "each type is the signature of a verb")]
pub(super) struct Driver<DB: Database> {
    pub(super) execute_many: for<'e> fn(
        &'e mut DB::Connection,
        ObservedStatement<DB>,
    ) -> BoxStream<'e, Result<DB::QueryResult, Error>>,
    pub(super) fetch_many: for<'e> fn(
        &'e mut DB::Connection,
        ObservedStatement<DB>,
    ) -> BoxStream<'e, Result<Step<DB>, Error>>,
    pub(super) fetch_optional: for<'e> fn(
        &'e mut DB::Connection,
        ObservedStatement<DB>,
    ) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>,
    pub(super) prepare_with: for<'e> fn(
        &'e mut DB::Connection,
        SqlStr,
        &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>,
    pub(super) describe:
        for<'e> fn(&'e mut DB::Connection, SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>,
}

impl<DB: Database> Driver<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    pub(super) fn new() -> Self {
        Self {
            execute_many: |connection, statement| connection.execute_many(statement),
            fetch_many: |connection, statement| connection.fetch_many(statement),
            fetch_optional: |connection, statement| connection.fetch_optional(statement),
            prepare_with: |connection, sql, types| connection.prepare_with(sql, types),
            describe: |connection, sql| connection.describe(sql),
        }
    }
}

impl<DB: Database> fmt::Debug for Driver<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Driver").field(&DB::NAME).finish()
    }
}
