//! The numbers, times and constant labels that a program sets in code: the same rules as in
//! documents.

use std::time::Duration;

use super::{
    MetricsConfig, constant_label,
    document::{cardinality_limit, max_concurrent_scrapes},
    duration,
    error::{ConfigSource, ErrorCollector, InvalidValue},
    otlp::max_request_bytes,
    tree::shown,
};

impl MetricsConfig {
    /// Checks each number, each time and each constant label. Those of documents and variables have
    /// been checked before, so a mistake is of the program.
    pub(crate) fn check_values(&mut self) {
        let errors = ErrorCollector::of(ConfigSource::Program);
        let number = |key, value: usize, check: fn(i128) -> Result<usize, InvalidValue>| {
            let given = i128::try_from(value).unwrap_or(i128::MAX);
            report(&errors, key, value.to_string(), check(given).err());
        };
        number("max_concurrent_scrapes", self.max_concurrent_scrapes, max_concurrent_scrapes);
        number("cardinality_limit", self.cardinality_limit, cardinality_limit);
        number("open_series_limit", self.open_series_limit, cardinality_limit);
        number("otlp.max_request_bytes", self.otlp.max_request_bytes, max_request_bytes);
        let time = |key, value: Duration, invalid: Option<InvalidValue>| {
            report(&errors, key, humantime::format_duration(value).to_string(), invalid);
        };
        let scrape_timeout = self.scrape_timeout;
        time(
            "scrape_timeout",
            scrape_timeout,
            duration::allowed_scrape_timeout(Some(scrape_timeout)).err(),
        );
        for (key, value) in
            [("otlp.interval", self.otlp.interval), ("otlp.timeout", self.otlp.timeout)]
        {
            time(key, value, duration::allowed(Some(value)).err());
        }
        let labels = self.constant_labels.len();
        let invalid = constant_label::check_number(labels);
        report(&errors, "constant_labels", format!("{labels} labels"), invalid);
        for (key, text) in &self.constant_labels {
            let invalid = constant_label::check(key, text);
            report(&errors, &format!("constant_labels.{key}"), shown(text), invalid);
        }
        self.mistakes.add(errors.finish());
    }
}

fn report(errors: &ErrorCollector, key: &str, given: String, invalid: Option<InvalidValue>) {
    if let Some(invalid) = invalid {
        errors.invalid(format!("telemetry.metrics.{key}"), given, invalid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_labels_have_keys_of_labels_and_texts() {
        let check = |key: &str, text: &str| {
            let labels = [(key.to_owned(), text.to_owned())].into();
            let mut config = MetricsConfig { constant_labels: labels, ..MetricsConfig::default() };
            config.check_values();
            config.checked().map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(check("region", "eu 1"), Ok(()));
        for (key, text) in [("le", "x"), ("job", "x"), ("", "x"), ("a.b", "x"), ("region", "")] {
            let message = check(key, text).unwrap_err();
            let start = format!(
                "`telemetry.metrics.constant_labels.{key}` in the program is {text:?}; expected a "
            );
            assert!(message.starts_with(&start), "{message}");
        }
    }

    #[test]
    fn constant_labels_have_limits() {
        let check = |labels: usize, bytes: usize| {
            let labels = (0..labels).map(|nth| (format!("l{nth}"), "x".repeat(bytes))).collect();
            let mut config = MetricsConfig { constant_labels: labels, ..MetricsConfig::default() };
            config.check_values();
            config.checked().map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(check(64, 255), Ok(()));
        let many = check(65, 1).unwrap_err();
        let expected = "`telemetry.metrics.constant_labels` in the program is 65 labels; expected at most 64 labels";
        assert!(many.starts_with(expected), "{many}");
        let long = check(1, 256).unwrap_err();
        assert!(long.contains("expected a text of at most 255 bytes"), "{long}");
    }

    #[test]
    fn every_number_has_a_floor_and_a_ceiling() {
        let mut config = MetricsConfig::default();
        config.check_values();
        assert!(config.checked().is_ok());
        for (number, time) in [(0, Duration::ZERO), (usize::MAX, Duration::MAX)] {
            let mut config = MetricsConfig {
                max_concurrent_scrapes: number,
                cardinality_limit: number,
                open_series_limit: number,
                scrape_timeout: time,
                ..MetricsConfig::default()
            };
            config.otlp.max_request_bytes = number;
            config.otlp.interval = time;
            config.otlp.timeout = time;
            config.check_values();
            let message = config.checked().unwrap_err().to_string();
            assert_eq!(message.lines().count(), 8, "{message}");
            let expected = format!(
                "`telemetry.metrics.open_series_limit` in the program is {number}; expected a \
                 whole number from 1 to 1000000"
            );
            assert!(message.contains(&expected), "{message}");
        }
    }
}
