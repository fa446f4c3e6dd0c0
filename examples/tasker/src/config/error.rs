use std::{fmt, path::PathBuf};

/// A mistake in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMistake {
    /// The key with its tables, such as `pools.web.max_connections`; empty for the whole file.
    pub key: String,
    /// What is wrong, with the value and what is allowed.
    pub problem: String,
}

/// Every mistake of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    /// The file.
    pub file: PathBuf,
    /// The mistakes, in the order of the keys.
    pub mistakes: Vec<ConfigMistake>,
}

/// The most mistakes that are shown.
const SHOWN: usize = 50;

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        for (number, ConfigMistake { key, problem }) in self.mistakes.iter().take(SHOWN).enumerate()
        {
            if number > 0 {
                writeln!(f)?;
            }
            match key.as_str() {
                "" => write!(f, "{file}: {problem}")?,
                key => write!(f, "{file}: {key}: {problem}")?,
            }
        }
        match self.mistakes.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n{file}: and {more} more mistakes"),
        }
    }
}

impl std::error::Error for ConfigErrors {}
