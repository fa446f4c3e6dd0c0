use std::time::Duration;

/// An address, which another kind of source is not taken for.
pub(super) fn address(text: &str) -> Result<String, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        Ok(text.to_owned())
    } else {
        Err("an address begins with `http://` or `https://`".to_owned())
    }
}

/// A time that is not 0.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.is_zero() { Err("it is 0".to_owned()) } else { Ok(duration) }
}
