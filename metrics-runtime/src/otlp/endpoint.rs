//! The URL that metrics are pushed to.

use osapi_metrics_rules::excerpt::ShownAddress;

use crate::{
    config::{OtlpConfig, OtlpError},
    http_client::Address,
};

/// The checked URL of the configuration.
pub(super) fn of(config: &OtlpConfig) -> Result<Address, OtlpError> {
    parse(&config.url())
}

fn parse(url: &str) -> Result<Address, OtlpError> {
    Address::parse(url, "put them into `headers`")
        .map_err(|reason| OtlpError::Endpoint { endpoint: ShownAddress(url).to_string(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_urls_are_refused_with_the_remedy() {
        for url in ["localhost:4317", "ftp://collector", "http://collector:x"] {
            let message = parse(url).unwrap_err().to_string();
            assert!(message.contains("give `http://host:port`"), "{message}");
        }
    }

    #[test]
    fn secrets_in_a_url_are_never_shown() {
        for url in [
            "http://user:hunter2@collector",
            "user:hunter2@collector:4317",
            "http://us er:hunter2@collector",
            "http://user:x?hunter2@collector",
            "http://user:hunter2#x@collector",
            "ftp://collector?token=hunter2",
        ] {
            let message = parse(url).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
        let endpoint = parse("http://collector/push?token=hunter2").unwrap();
        assert_eq!(endpoint.to_string(), "http://collector/push?…");
        assert!(endpoint.uri().to_string().ends_with("?token=hunter2"));
    }

    #[test]
    fn messages_do_not_grow_with_a_url() {
        let long = "x".repeat(100_000);
        for url in [
            format!("http://{long}"),
            format!("http://{long} "),
            format!("http://collector/{long}"),
            format!("{long}://collector"),
            format!("x{}://collector", &long[..60]),
            format!("http://user:{long}@collector"),
            format!("http://collector:4317@{long}"),
            long,
        ] {
            let shown = match parse(&url) {
                Ok(endpoint) => endpoint.to_string(),
                Err(error) => error.to_string(),
            };
            assert!(shown.len() < 800, "{}: {}", &url[..20], shown.len());
        }
    }
}
