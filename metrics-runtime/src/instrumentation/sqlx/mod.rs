//! Connection pools, queries and transactions of sqlx.
