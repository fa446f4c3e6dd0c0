//! The parameters of URLs that may have a password.

use osapi_metrics_rules::excerpt::Excerpt;

/// What is wrong with a URL whose query has a parameter that nobody knows.
///
/// A `?` in a password that is not encoded begins a query too, behind which the `@` of the host
/// stands. Then nothing of it is shown.
pub fn unknown(query: &str, parameter: &str) -> String {
    if query.contains('@') {
        "what stands behind its `?` is no known parameter; in a password, a `?` is `%3F`".to_owned()
    } else {
        format!("its parameter `{}` is not known", Excerpt::of(parameter))
    }
}
