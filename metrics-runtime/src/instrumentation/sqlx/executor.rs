//! The implementations of [`Executor`].

use sqlx::{Database, Describe, Error, Execute, Executor, SqlStr};

use super::{
    ObservedConnection, ObservedPool, ObservedTransaction, Operation,
    driver::{BoxFuture, BoxStream, Step},
    query::Session,
    statement::ObservedStatement,
    stream::{ItemSender, ObservedResults, SentItems, StreamState, next},
};

/// The operation of a statement that is prepared and not executed.
const PREPARE: &str = "PREPARE";

impl<'p, DB: Database> Executor<'p> for &'_ ObservedPool<DB> {
    type Database = DB;

    fn execute_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<DB::QueryResult, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let (pool, statement) = (self.clone(), ObservedStatement::of(query));
        Box::pin(SentItems::of(|sender| async move {
            match pool.acquire_for(statement.operation()).await {
                Ok(mut connection) => {
                    forward(execute_on(connection.parts(), statement), &sender).await;
                }
                Err(error) => sender.send(Err(error)).await,
            }
        }))
    }

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Step<DB>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let (pool, statement) = (self.clone(), ObservedStatement::of(query));
        Box::pin(SentItems::of(|sender| async move {
            match pool.acquire_for(statement.operation()).await {
                Ok(mut connection) => {
                    forward(fetch_on(connection.parts(), statement), &sender).await;
                }
                Err(error) => sender.send(Err(error)).await,
            }
        }))
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let (pool, statement) = (self.clone(), ObservedStatement::of(query));
        Box::pin(async move {
            let mut connection = pool.acquire_for(statement.operation()).await?;
            fetch_first_on(connection.parts(), statement).await
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        Box::pin(async move {
            let mut connection = pool.acquire_for(Operation::cancelled::<DB>(PREPARE)).await?;
            prepare_on(connection.parts(), sql, parameters).await
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        Box::pin(async move {
            let mut connection = pool.acquire().await?;
            let (connection, session) = connection.parts();
            (session.driver.describe)(connection, sql).await
        })
    }
}

macro_rules! executor {
    ($($connection:ident)*) => {$(
        impl<'c, DB: Database> Executor<'c> for &'c mut $connection<DB> {
            type Database = DB;

            fn execute_many<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxStream<'e, Result<DB::QueryResult, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                execute_on(self.parts(), ObservedStatement::of(query))
            }

            fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Step<DB>, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                fetch_on(self.parts(), ObservedStatement::of(query))
            }

            fn fetch_optional<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
            where
                'c: 'e,
                E: 'q + Execute<'q, DB>,
            {
                Box::pin(fetch_first_on(self.parts(), ObservedStatement::of(query)))
            }

            fn prepare_with<'e>(
                self,
                sql: SqlStr,
                parameters: &'e [DB::TypeInfo],
            ) -> BoxFuture<'e, Result<DB::Statement, Error>>
            where
                'c: 'e,
            {
                Box::pin(prepare_on(self.parts(), sql, parameters))
            }

            fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
            where
                'c: 'e,
            {
                let (connection, session) = self.parts();
                (session.driver.describe)(connection, sql)
            }
        }
    )*};
}
executor! { ObservedConnection ObservedTransaction }

/// Executes a statement, without regard to rows.
fn execute_on<'e, DB: Database>(
    (connection, session): (&'e mut DB::Connection, &'e Session<DB>),
    statement: ObservedStatement<DB>,
) -> BoxStream<'e, Result<DB::QueryResult, Error>> {
    let operation = statement.operation();
    let (results, state) = ((session.driver.execute_many)(connection, statement), StreamState::New);
    Box::pin(ObservedResults { results, session, operation, rows_of: None, state })
}

/// Executes a statement, and returns its rows.
fn fetch_on<'e, DB: Database>(
    (connection, session): (&'e mut DB::Connection, &'e Session<DB>),
    statement: ObservedStatement<DB>,
) -> BoxStream<'e, Result<Step<DB>, Error>> {
    let operation = statement.operation();
    let (results, state) = ((session.driver.fetch_many)(connection, statement), StreamState::New);
    let rows_of = Some((|step| u64::from(step.is_right())) as fn(&Step<DB>) -> u64);
    Box::pin(ObservedResults { results, session, operation, rows_of, state })
}

/// Executes a statement, and returns its first row.
async fn fetch_first_on<'e, DB: Database>(
    (connection, session): (&'e mut DB::Connection, &'e Session<DB>),
    statement: ObservedStatement<DB>,
) -> Result<Option<DB::Row>, Error> {
    let mut query = session.begin(statement.operation());
    let row = (session.driver.fetch_optional)(connection, statement).await;
    query.returned(u64::from(matches!(row, Ok(Some(_)))));
    query.end(row.as_ref());
    row
}

/// Prepares a statement.
async fn prepare_on<'e, DB: Database>(
    (connection, session): (&'e mut DB::Connection, &'e Session<DB>),
    sql: SqlStr,
    parameters: &'e [DB::TypeInfo],
) -> Result<DB::Statement, Error> {
    let query = session.begin(Operation::cancelled::<DB>(PREPARE));
    let statement = (session.driver.prepare_with)(connection, sql, parameters).await;
    query.end(statement.as_ref());
    statement
}

/// Sends all items of a stream.
async fn forward<T>(mut from: BoxStream<'_, T>, to: &ItemSender<T>) {
    while let Some(item) = next(&mut from).await {
        to.send(item).await;
    }
}
