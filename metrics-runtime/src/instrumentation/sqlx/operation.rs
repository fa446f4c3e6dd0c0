//! The operation of a statement, from its first word.

/// The value for a statement that begins with another word.
const OTHER: &str = "OTHER";

/// The first words that name an operation. The set is closed, because a label must have few
/// values: 45 with `OTHER`.
const OPERATIONS: &[&str] = &[
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "REPLACE",
    "WITH",
    "VALUES",
    "CALL",
    "DO",
    "COPY",
    "EXECUTE",
    "PREPARE",
    "EXPLAIN",
    "BEGIN",
    "START",
    "COMMIT",
    "END",
    "ROLLBACK",
    "SAVEPOINT",
    "RELEASE",
    "LOCK",
    "SET",
    "RESET",
    "SHOW",
    "LISTEN",
    "UNLISTEN",
    "NOTIFY",
    "CREATE",
    "ALTER",
    "DROP",
    "TRUNCATE",
    "GRANT",
    "REVOKE",
    "COMMENT",
    "REFRESH",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "PRAGMA",
    "ATTACH",
    "DETACH",
    "USE",
    "DISCARD",
];

/// The operation of a statement: its first word in upper case, if that is a known operation.
/// Comments and opening parentheses before the word are skipped.
pub(super) fn name(statement: &str) -> &'static str {
    let statement = skip_comments(statement);
    let end = statement.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(statement.len());
    let word = &statement[..end];
    let known = OPERATIONS.iter().find(|operation| operation.eq_ignore_ascii_case(word));
    known.copied().unwrap_or(OTHER)
}

/// The statement without what may stand before its first word.
fn skip_comments(mut statement: &str) -> &str {
    loop {
        statement = statement.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
        statement = if let Some(comment) = statement.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(comment) = statement.strip_prefix("/*") {
            skip_block(comment)
        } else {
            return statement;
        };
    }
}

/// The text after the end of a block comment, which may contain others.
fn skip_block(mut comment: &str) -> &str {
    let mut depth = 1;
    while depth > 0 {
        let Some(at) = comment.find(['*', '/']) else { return "" };
        let rest = &comment[at..];
        (depth, comment) = if let Some(rest) = rest.strip_prefix("*/") {
            (depth - 1, rest)
        } else if let Some(rest) = rest.strip_prefix("/*") {
            (depth + 1, rest)
        } else {
            (depth, &rest[1..])
        };
    }
    comment
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_first_word_is_the_operation() {
        for (statement, operation) in [
            ("SELECT 1", "SELECT"),
            ("\n\t select * FROM jobs", "SELECT"),
            ("insert into jobs values (1)", "INSERT"),
            ("COMMIT", "COMMIT"),
            ("commit;", "COMMIT"),
            ("(SELECT 1) UNION (SELECT 2)", "SELECT"),
            ("-- a comment\nUPDATE jobs SET x = 1", "UPDATE"),
            ("/* a /* nested */ comment */ -- and\r\n another\nDELETE FROM jobs", "OTHER"),
            ("/* a /* nested */ comment */ -- and another\nDELETE FROM jobs", "DELETE"),
            ("with x as (select 1) select * from x", "WITH"),
        ] {
            assert_eq!(name(statement), operation, "{statement}");
        }
    }

    #[test]
    fn other_words_share_one_operation() {
        for statement in ["", " ", "--", "/*", "/* x", "SELECTED", "müll", "1", "'SELECT'", "/"] {
            assert_eq!(name(statement), "OTHER", "{statement}");
        }
    }
}
