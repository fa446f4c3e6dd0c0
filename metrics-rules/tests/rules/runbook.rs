//! Addresses of runbooks.

use osapi_metrics_rules::explain_runbook;

/// An `http` or `https` URL with a host and without spaces.
#[test]
fn d2_web_address() {
    for address in [
        "https://example.org",
        "http://localhost:3000/runbooks",
        "https://example.org/runbooks/queue?of=shop#full",
        "https://[::1]/runbook",
    ] {
        assert!(explain_runbook(address).is_none(), "{address}");
    }
    for (address, problem) in [
        ("", "a runbook is read at a web address; "),
        ("queue.md", "a runbook is read at a web address; "),
        ("example.org/queue", "a runbook is read at a web address; "),
        ("ftp://example.org/queue", "a runbook is read at a web address; "),
        ("HTTPS://example.org", "a runbook is read at a web address; "),
        (" https://example.org", "a runbook is read at a web address; "),
        ("https://", "the web address has no host; "),
        ("https:///queue", "the web address has no host; "),
        ("http://:80", "the web address has no host; "),
        ("https://?queue", "the web address has no host; "),
        ("https://example.org/the queue", "a web address has no spaces; "),
        ("https://example.org/queue\n", "a web address has no spaces; "),
    ] {
        let message = explain_runbook(address).unwrap_or_else(|| panic!("`{address}` passes"));
        assert!(message.as_str().starts_with(problem), "`{address}`: {message}");
    }
}
