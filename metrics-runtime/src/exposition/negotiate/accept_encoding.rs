use super::weight::parse_weight;

/// Whether a request with this `Accept-Encoding` header may be answered with gzip. Without the
/// header gzip is not allowed.
pub(crate) fn accepts_gzip(accept_encoding: Option<&str>) -> bool {
    let mut named = None;
    let mut wildcard = false;
    for coding in accept_encoding.unwrap_or_default().split(',') {
        let mut parts = coding.split(';');
        let name = parts.next().unwrap_or_default().trim();
        let weight = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(Some(1000), |(_, value)| parse_weight(value.trim()));
        let accepted = weight.is_some_and(|weight| weight > 0);
        if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            named = Some(named.unwrap_or(false) || accepted);
        } else if name == "*" {
            wildcard = accepted;
        }
    }
    named.unwrap_or(wildcard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_follows_the_accept_encoding_header() {
        for (header, expected) in [
            (None, false),
            (Some(""), false),
            (Some("gzip"), true),
            (Some("x-gzip"), true),
            (Some("GZIP;q=0.5"), true),
            (Some("deflate, gzip;q=1.0, *;q=0.5"), true),
            (Some("*"), true),
            (Some("br, identity"), false),
            (Some("gzip;q=0"), false),
            (Some("gzip;q=0.000, *"), false),
            (Some("gzip; q=2"), false),
            (Some("*;q=0"), false),
        ] {
            assert_eq!(accepts_gzip(header), expected, "{header:?}");
        }
    }
}
