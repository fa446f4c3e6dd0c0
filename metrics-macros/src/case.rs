//! The cases in which names of Rust are written as values of labels.

/// The case in which the values of an enum are written.
#[derive(Clone, Copy)]
pub(crate) enum Case {
    Snake,
    Kebab,
    Lower,
    Upper,
    ScreamingSnake,
    ScreamingKebab,
    Camel,
    Pascal,
}

impl Case {
    pub(crate) const NAMES: [&'static str; 8] = [
        "snake_case",
        "kebab-case",
        "lowercase",
        "UPPERCASE",
        "SCREAMING_SNAKE_CASE",
        "SCREAMING-KEBAB-CASE",
        "camelCase",
        "PascalCase",
    ];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "snake_case" => Self::Snake,
            "kebab-case" => Self::Kebab,
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            "camelCase" => Self::Camel,
            "PascalCase" => Self::Pascal,
            _ => return None,
        })
    }

    /// Converts a `PascalCase` name of Rust into this case.
    pub(crate) fn of(self, name: &str) -> String {
        let words = words(name);
        let capitalised = |word: &String| {
            let mut characters = word.chars();
            characters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
        };
        match self {
            Self::Snake => words.join("_"),
            Self::Kebab => words.join("-"),
            Self::Lower => words.concat(),
            Self::Upper => words.concat().to_uppercase(),
            Self::ScreamingSnake => words.join("_").to_uppercase(),
            Self::ScreamingKebab => words.join("-").to_uppercase(),
            Self::Camel => words
                .iter()
                .enumerate()
                .map(|(i, word)| if i == 0 { word.clone() } else { capitalised(word) })
                .collect(),
            Self::Pascal => words.iter().map(capitalised).collect(),
        }
    }
}

/// The words of a name, in lower case. A run of capitals is one word: `HTTPStatus` has the words
/// `http` and `status`.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (i, character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let after_lower = i > 0 && !characters[i - 1].is_uppercase();
        let before_lower = characters.get(i + 1).is_some_and(|next| next.is_lowercase());
        if character.is_uppercase() && (after_lower || before_lower) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        for (name, snake) in [
            ("TimedOut", "timed_out"),
            ("HTTPStatus", "http_status"),
            ("IoError", "io_error"),
            ("Utf8", "utf8"),
            ("jobs-created", "jobs_created"),
            ("already_snake", "already_snake"),
        ] {
            assert_eq!(Case::Snake.of(name), snake);
        }
    }

    #[test]
    fn every_case_has_its_name() {
        let written = Case::NAMES.map(|name| Case::parse(name).map(|case| case.of("TimedOut")));
        let expected = [
            "timed_out",
            "timed-out",
            "timedout",
            "TIMEDOUT",
            "TIMED_OUT",
            "TIMED-OUT",
            "timedOut",
            "TimedOut",
        ];
        assert_eq!(written, expected.map(|text| Some(text.to_owned())));
    }
}
