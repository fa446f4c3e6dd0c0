use super::error::InvalidValue;

pub(super) fn not_empty(text: &str) -> Result<String, InvalidValue> {
    if text.trim().is_empty() {
        return Err("a text that is not empty".into());
    }
    Ok(text.to_owned())
}
