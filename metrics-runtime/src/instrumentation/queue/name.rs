//! The names of queues, by the rules of PGMQ.

/// The number of characters that PGMQ allows: the longest name of a table of the queue has 16 more,
/// and 63 bytes are the limit of PostgreSQL.
const LONGEST: usize = 47;

/// A name that PGMQ or this module does not accept for a queue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueueNameError {
    /// The name is empty.
    #[error("the name of a queue is empty")]
    Empty,
    /// The name has more than 47 characters.
    #[error("the name of a queue has {length} characters; the most are 47")]
    TooLong {
        /// The number of characters.
        length: usize,
    },
    /// The name contains what PGMQ refuses: `$`, `;`, `'` or `--`.
    #[error("the name of a queue contains `{refused}`, which PGMQ refuses")]
    Refused {
        /// The refused text.
        refused: &'static str,
    },
    /// The name contains a control character, or a character outside ASCII, whose lower case
    /// depends on the locale of the database.
    #[error("the name of a queue contains {character:?}; use printable ASCII characters")]
    NotAscii {
        /// The first such character.
        character: char,
    },
}

/// Checks the name of a queue.
pub(super) fn check(name: &str) -> Result<(), QueueNameError> {
    if name.is_empty() {
        return Err(QueueNameError::Empty);
    }
    if let Some(refused) = ["$", ";", "'", "--"].into_iter().find(|text| name.contains(text)) {
        return Err(QueueNameError::Refused { refused });
    }
    if let Some(character) = name.chars().find(|c| !c.is_ascii() || c.is_ascii_control()) {
        return Err(QueueNameError::NotAscii { character });
    }
    if name.len() > LONGEST {
        return Err(QueueNameError::TooLong { length: name.len() });
    }
    Ok(())
}

/// The table of the messages of a queue, quoted. PGMQ writes its name in lower case.
pub(super) fn table(name: &str) -> String {
    format!(r#"pgmq."q_{}""#, name.to_ascii_lowercase().replace('"', r#""""#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rules_of_pgmq() {
        for name in ["q", "orders", "Orders_2", "with space", "a-b", "\"", &"x".repeat(47)] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for (name, error) in [
            ("", QueueNameError::Empty),
            ("a$", QueueNameError::Refused { refused: "$" }),
            ("a;b", QueueNameError::Refused { refused: ";" }),
            ("it's", QueueNameError::Refused { refused: "'" }),
            ("a--b", QueueNameError::Refused { refused: "--" }),
            ("aufträge", QueueNameError::NotAscii { character: 'ä' }),
            ("a\0b", QueueNameError::NotAscii { character: '\0' }),
            (&"x".repeat(48), QueueNameError::TooLong { length: 48 }),
        ] {
            assert_eq!(check(name), Err(error), "{name:?}");
        }
    }

    #[test]
    fn tables_are_quoted_and_in_lower_case() {
        assert_eq!(table("Orders"), r#"pgmq."q_orders""#);
        assert_eq!(table("a\"; DROP"), r#"pgmq."q_a""; drop""#);
    }
}
