//! The classes of errors of a database client.

use sqlx::error::{DatabaseError, Error, ErrorKind};

/// The class of a query that was dropped before it ended.
pub(super) const CANCELLED: &str = "cancelled";

/// The class of an error of [`sqlx`], as the label `error.type` of this module has it: one of a
/// fixed number of words.
///
/// | class | error |
/// |---|---|
/// | `unique_violation`, `foreign_key_violation`, `not_null_violation`, `check_violation`, `exclusion_violation` | the constraint that the database reports |
/// | `serialization_failure`, `deadlock_detected`, `undefined_table`, `lock_not_available`, `query_canceled` | the SQLSTATE 40001, 40P01, 42P01, 55P03, 57014 |
/// | `connection_exception`, `data_exception`, `syntax_error_or_access_rule_violation`, … | the class of the SQLSTATE, by its name in [PostgreSQL's list][states] |
/// | `database` | any other error that the database reports |
/// | `pool_timed_out`, `pool_closed` | no connection was there in time, or the pool was closed |
/// | `io`, `tls`, `protocol`, `worker_crashed` | the connection failed |
/// | `row_not_found` | a row was expected and is not there |
/// | `encode`, `decode` | a value cannot be converted |
/// | `other` | any other error of the client |
///
/// ```
/// use osapi_metrics::instrumentation::sqlx::error_type;
///
/// assert_eq!(error_type(&sqlx::Error::PoolTimedOut), "pool_timed_out");
/// ```
///
/// [states]: https://www.postgresql.org/docs/current/errcodes-appendix.html
pub fn error_type(error: &Error) -> &'static str {
    match error {
        Error::Database(error) => of_database(&**error),
        Error::PoolTimedOut => "pool_timed_out",
        Error::PoolClosed => "pool_closed",
        Error::Io(_) => "io",
        Error::Tls(_) => "tls",
        Error::Protocol(_) => "protocol",
        Error::WorkerCrashed => "worker_crashed",
        Error::RowNotFound => "row_not_found",
        Error::Encode(_) => "encode",
        Error::Decode(_)
        | Error::ColumnDecode { .. }
        | Error::ColumnIndexOutOfBounds { .. }
        | Error::ColumnNotFound(_)
        | Error::TypeNotFound { .. } => "decode",
        _ => "other",
    }
}

fn of_database(error: &dyn DatabaseError) -> &'static str {
    match error.kind() {
        ErrorKind::UniqueViolation => "unique_violation",
        ErrorKind::ForeignKeyViolation => "foreign_key_violation",
        ErrorKind::NotNullViolation => "not_null_violation",
        ErrorKind::CheckViolation => "check_violation",
        ErrorKind::ExclusionViolation => "exclusion_violation",
        _ => error.code().map_or("database", |code| of_state(&code)),
    }
}

/// The class of a SQLSTATE, which has five characters. The codes of `SQLite` are other numbers.
fn of_state(state: &str) -> &'static str {
    match state {
        "40001" => return "serialization_failure",
        "40P01" => return "deadlock_detected",
        "42P01" => return "undefined_table",
        "55P03" => return "lock_not_available",
        "57014" => return "query_canceled",
        _ => {}
    }
    match state.get(..2).filter(|_| state.len() == 5) {
        Some("08") => "connection_exception",
        Some("0A") => "feature_not_supported",
        Some("22") => "data_exception",
        Some("23") => "integrity_constraint_violation",
        Some("25") => "invalid_transaction_state",
        Some("28") => "invalid_authorization_specification",
        Some("3D") => "invalid_catalog_name",
        Some("3F") => "invalid_schema_name",
        Some("40") => "transaction_rollback",
        Some("42") => "syntax_error_or_access_rule_violation",
        Some("53") => "insufficient_resources",
        Some("54") => "program_limit_exceeded",
        Some("55") => "object_not_in_prerequisite_state",
        Some("57") => "operator_intervention",
        Some("58") => "system_error",
        Some("P0") => "plpgsql_error",
        Some("XX") => "internal_error",
        _ => "database",
    }
}

#[cfg(test)]
mod tests {
    use super::of_state;

    #[test]
    fn a_state_has_the_name_of_its_class() {
        for (state, class) in [
            ("40001", "serialization_failure"),
            ("40002", "transaction_rollback"),
            ("42601", "syntax_error_or_access_rule_violation"),
            ("57P01", "operator_intervention"),
            ("ZZ000", "database"),
            ("2067", "database"),
            ("42", "database"),
            ("", "database"),
            ("éé1", "database"),
        ] {
            assert_eq!(of_state(state), class, "{state}");
        }
    }
}
