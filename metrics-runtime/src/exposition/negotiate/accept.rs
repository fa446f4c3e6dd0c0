use super::{escaping::Escaping, media_type::MediaType, weight::parse_weight};

/// The preference of a header for one media type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Preference {
    pub(super) specificity: Specificity,
    /// The q-value in thousandths.
    pub(super) weight: u16,
    /// The escaping that the range names.
    pub(super) escaping: Option<Escaping>,
}

/// The precision with which a media range names a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Specificity {
    /// `*/*`
    Any,
    /// `text/*`
    Type,
    /// `text/plain`
    Exact,
    /// `text/plain; version=0.0.4`
    Parameters,
}

impl Preference {
    /// The preference of the most specific range that matches.
    pub(super) fn of(accept: &str, media_type: &MediaType) -> Option<Self> {
        let ranges = split_unquoted(accept, ',');
        let matching = ranges.filter_map(|range| Self::of_range(range, media_type));
        // The first one of those that are equal.
        matching.reduce(|best, found| {
            let is_better = (found.specificity, found.weight) > (best.specificity, best.weight);
            if is_better { found } else { best }
        })
    }

    fn of_range(range: &str, media_type: &MediaType) -> Option<Self> {
        let mut parts = split_unquoted(range, ';');
        let (main_type, sub_type) = parts.next()?.trim().split_once('/')?;
        let mut specificity = if main_type == "*" && sub_type == "*" {
            Specificity::Any
        } else if !main_type.eq_ignore_ascii_case(media_type.main_type) {
            return None;
        } else if sub_type == "*" {
            Specificity::Type
        } else if sub_type.eq_ignore_ascii_case(media_type.sub_type) {
            Specificity::Exact
        } else {
            return None;
        };
        let (mut weight, mut escaping) = (1000, None);
        for parameter in parts {
            let Some((name, value)) = parameter.split_once('=') else {
                continue;
            };
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            let mut of_type = media_type.parameters.iter();
            if name.eq_ignore_ascii_case("q") {
                weight = parse_weight(value)?;
            } else if name.eq_ignore_ascii_case("escaping") {
                escaping = Escaping::named(value);
            } else if specificity >= Specificity::Exact
                && let Some((_, own)) = of_type.find(|(own, _)| name.eq_ignore_ascii_case(own))
            {
                if value != *own {
                    return None;
                }
                specificity = Specificity::Parameters;
            }
            // `charset` restricts nothing: every scrape is UTF-8.
        }
        Some(Self { specificity, weight, escaping })
    }
}

/// Splits at `separator` outside of quoted strings.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |character| {
        if quoted {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
            false
        } else {
            quoted = character == '"';
            character == separator
        }
    })
}
