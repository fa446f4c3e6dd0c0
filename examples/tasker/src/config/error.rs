use std::{
    cell::{Cell, RefCell},
    fmt,
    path::PathBuf,
};

/// A mistake in the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMistake {
    /// The key with its tables, such as `pools.web.max_connections`; empty for the whole file.
    pub key: String,
    /// What is wrong, with the value and what is allowed.
    pub problem: String,
}

/// The mistakes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    /// The file.
    pub file: PathBuf,
    /// The first 50 mistakes.
    pub mistakes: Vec<ConfigMistake>,
    /// The number of the others.
    pub others: usize,
}

/// The most mistakes that are shown.
const SHOWN: usize = 50;

/// Collects the mistakes of a file.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    first: RefCell<Vec<ConfigMistake>>,
    others: Cell<usize>,
}

impl Mistakes {
    /// Adds a mistake. The function is not called for a mistake that is counted alone.
    pub(super) fn add(&self, mistake: impl FnOnce() -> ConfigMistake) {
        if self.first.borrow().len() < SHOWN {
            let mistake = mistake();
            self.first.borrow_mut().push(mistake);
        } else {
            self.others.set(self.others.get() + 1);
        }
    }

    /// Returns the configuration if there are no mistakes.
    pub(super) fn finish<T>(self, file: PathBuf, config: T) -> Result<T, ConfigErrors> {
        let (mistakes, others) = (self.first.into_inner(), self.others.get());
        if mistakes.is_empty() { Ok(config) } else { Err(ConfigErrors { file, mistakes, others }) }
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        for (number, ConfigMistake { key, problem }) in self.mistakes.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            match key.as_str() {
                "" => write!(f, "{file}: {problem}")?,
                key => write!(f, "{file}: {key}: {problem}")?,
            }
        }
        match self.others {
            0 => Ok(()),
            more => write!(f, "\n{file}: and {more} more mistakes"),
        }
    }
}

impl std::error::Error for ConfigErrors {}
