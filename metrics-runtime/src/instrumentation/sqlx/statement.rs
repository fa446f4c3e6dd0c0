//! A statement, and the operation that it is.

use sqlx::{Database, Execute, SqlStr, error::BoxDynError};

use super::{DatabaseSystem, Operation, error::CANCELLED, operation};

/// A statement with its arguments, whose operation is known.
#[derive(Debug)]
pub(super) struct ObservedStatement<DB: Database> {
    sql: SqlStr,
    statement: Option<DB::Statement>,
    arguments: Option<Result<Option<DB::Arguments>, BoxDynError>>,
    persistent: bool,
}

impl<DB: Database> ObservedStatement<DB> {
    pub(super) fn of<'q>(mut query: impl Execute<'q, DB>) -> Self {
        let arguments = Some(query.take_arguments());
        let (statement, persistent) = (query.statement().cloned(), query.persistent());
        Self { sql: query.sql(), statement, arguments, persistent }
    }

    /// The operation, as it is if the query is dropped before its end.
    pub(super) fn operation(&self) -> Operation {
        Operation::cancelled::<DB>(operation::name(self.sql.as_str()))
    }
}

impl<DB: Database> Execute<'_, DB> for ObservedStatement<DB> {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&DB::Statement> {
        self.statement.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<DB::Arguments>, BoxDynError> {
        self.arguments.take().unwrap_or(Ok(None))
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}

impl Operation {
    /// An operation that is dropped before its end.
    pub(super) fn cancelled<DB: Database>(name: &'static str) -> Self {
        let system = match DB::NAME {
            "PostgreSQL" => DatabaseSystem::Postgresql,
            "MySQL" => DatabaseSystem::Mysql,
            "SQLite" => DatabaseSystem::Sqlite,
            _ => DatabaseSystem::OtherSql,
        };
        Self { system, name, error_type: Some(CANCELLED) }
    }
}
