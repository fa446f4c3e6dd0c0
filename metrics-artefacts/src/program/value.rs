use std::time::Duration;

/// An address, which another kind of source is not taken for.
pub(super) fn address(text: &str) -> Result<String, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        Ok(text.to_owned())
    } else {
        Err("an address begins with `http://` or `https://`".to_owned())
    }
}

/// A time from a millisecond to ten years.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    let range = Duration::from_millis(1)..=Duration::from_secs(10 * 365 * 24 * 60 * 60);
    if range.contains(&duration) {
        Ok(duration)
    } else {
        Err("expected a duration from 1ms to 10 years, such as 30s or 1h".to_owned())
    }
}
