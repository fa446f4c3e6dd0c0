//! The bytes of a model.

use sha2::{Digest, Sha256};

use crate::{hex::hex, job::is_model_name};

/// The names of the models that there are.
pub const MODEL_NAMES: [&str; 6] = ["aurora", "ember", "forest", "ocean", "slate", "sunset"];

/// The most bytes that a model can have.
pub(super) const MAX_BYTES: u64 = 4 << 20;

const MAGIC: &[u8] = b"JQMODEL1";
const CHECKSUM_BYTES: usize = 32;
/// The colours between which a model blends.
const STOPS: u32 = 8;

/// The colours of a model, from those of the lowest values to those of the highest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    colours: Vec<[u8; 3]>,
}

/// Why bytes are not the model that they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelDefect {
    /// They do not begin as a model does, or end too early.
    #[error("the {length} bytes do not have the form of a model")]
    Form {
        /// The number of bytes.
        length: usize,
    },
    /// The checksum at their end is not the checksum of the other bytes.
    #[error("the checksum of the {length} bytes is wrong")]
    Checksum {
        /// The number of bytes.
        length: usize,
    },
    /// They are another model.
    #[error("the model is `{found}`")]
    OtherModel {
        /// The name in the bytes.
        found: String,
    },
}

/// The bytes of a model: a few hundred kilobytes, always the same for a name. `None` if there is no
/// such model.
///
/// | bytes | meaning |
/// |---|---|
/// | 8 | `JQMODEL1` |
/// | 1, then so many | the name |
/// | 4 | the number of colours, the highest byte first |
/// | 3 for each colour | red, green, blue |
/// | 32 | the SHA-256 digest of everything before |
///
/// ```
/// use job_queue::models::{Model, generate};
///
/// let bytes = generate("sunset").expect("one of `MODEL_NAMES`");
/// assert!(Model::parse("sunset", &bytes).is_ok());
/// assert!(Model::parse("ocean", &bytes).is_err());
/// assert!(generate("nothing").is_none());
/// ```
pub fn generate(name: &str) -> Option<Vec<u8>> {
    MODEL_NAMES.contains(&name).then(|| encode(name))
}

/// A model as the API serves it.
#[derive(Clone, Debug)]
pub struct PublishedModel {
    /// What [`generate`] makes.
    pub bytes: Vec<u8>,
    /// The SHA-256 digest of the bytes, in hexadecimal digits.
    pub sha256: String,
}

/// A model with its digest. `None` if there is no such model.
pub fn published(name: &str) -> Option<PublishedModel> {
    let bytes = generate(name)?;
    let sha256 = hex(&Sha256::digest(&bytes));
    Some(PublishedModel { bytes, sha256 })
}

fn encode(name: &str) -> Vec<u8> {
    let seed = Sha256::digest(name);
    let count = 1_u32 << (15 + seed[31] % 4);
    let mut bytes = MAGIC.to_vec();
    bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(&count.to_be_bytes());
    for index in 0..count {
        bytes.extend_from_slice(&blend(&seed, index, count));
    }
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}

/// The colour at a place between two of the stops, whose colours are bytes of `seed`.
fn blend(seed: &[u8], index: u32, count: u32) -> [u8; 3] {
    let width = count / (STOPS - 1);
    let (stop, offset) = (index / width, index % width);
    let channel = |channel: usize| {
        let at = |stop: u32| u64::from(seed[stop.min(STOPS - 1) as usize * 3 + channel]);
        let (from, to) = (at(stop), at(stop + 1));
        let (offset, width) = (u64::from(offset), u64::from(width));
        u8::try_from((from * (width - offset) + to * offset) / width).unwrap_or(u8::MAX)
    };
    [channel(0), channel(1), channel(2)]
}

impl Model {
    /// Reads and checks the bytes of the model of this name.
    ///
    /// # Errors
    /// The bytes are damaged, or are another model.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, ModelDefect> {
        let length = bytes.len();
        let form = || ModelDefect::Form { length };
        let (content, checksum) =
            bytes.split_at_checked(length.saturating_sub(CHECKSUM_BYTES)).ok_or_else(form)?;
        if checksum.len() != CHECKSUM_BYTES || !content.starts_with(MAGIC) {
            return Err(form());
        }
        if Sha256::digest(content).as_slice() != checksum {
            return Err(ModelDefect::Checksum { length });
        }
        let (found, colours) = fields(&content[MAGIC.len()..]).ok_or_else(form)?;
        if found != name {
            return Err(ModelDefect::OtherModel { found: found.to_owned() });
        }
        Ok(Self { colours: colours.to_vec() })
    }

    /// The colours.
    pub fn colours(&self) -> &[[u8; 3]] {
        &self.colours
    }

    /// The colour of a value from 0 to 1.
    pub fn colour(&self, value: f64) -> [u8; 3] {
        let last = self.colours.len() - 1;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let index = (value.clamp(0.0, 1.0) * last as f64) as usize;
        self.colours[index.min(last)]
    }
}

/// The name and the colours in the bytes behind the first field. There is at least one colour.
fn fields(bytes: &[u8]) -> Option<(&str, &[[u8; 3]])> {
    let (length, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_at_checked((*length).into())?;
    let name = str::from_utf8(name).ok().filter(|name| is_model_name(name))?;
    let (count, rest) = rest.split_first_chunk()?;
    let (colours, rest) = rest.as_chunks();
    let fits = rest.is_empty() && colours.len() == u32::from_be_bytes(*count) as usize;
    (fits && !colours.is_empty()).then_some((name, colours))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_what_its_name_says() {
        for name in MODEL_NAMES {
            let bytes = generate(name).unwrap();
            assert!((90_000..MAX_BYTES).contains(&(bytes.len() as u64)), "{}", bytes.len());
            assert_eq!(generate(name).unwrap(), bytes);
            let model = Model::parse(name, &bytes).unwrap();
            assert_eq!(model.colour(0.0), model.colours()[0]);
            assert_eq!(model.colour(2.0), *model.colours().last().unwrap());
            assert_ne!(model.colour(0.0), model.colour(0.5));
        }
    }

    #[test]
    fn defects_are_found() {
        let bytes = generate("ocean").unwrap();
        let mut damaged = bytes.clone();
        damaged[5000] ^= 1;
        let length = bytes.len();
        for (bytes, defect) in [
            (&bytes[..length - 1], ModelDefect::Checksum { length: length - 1 }),
            (&damaged[..], ModelDefect::Checksum { length }),
            (&bytes[1..], ModelDefect::Form { length: length - 1 }),
            (&bytes[..20], ModelDefect::Form { length: 20 }),
            (&[], ModelDefect::Form { length: 0 }),
        ] {
            assert_eq!(Model::parse("ocean", bytes).unwrap_err(), defect);
        }
        let other = Model::parse("slate", &bytes).unwrap_err();
        assert_eq!(other.to_string(), "the model is `ocean`");
    }
}
