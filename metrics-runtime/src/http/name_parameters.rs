use std::borrow::Cow;

use crate::{config::percent_decoded, exposition::NameFilter};

/// The most parameters of a query that has names, as the exporters of `client_java` have it.
const MAX_PARAMETERS: usize = 1024;
/// The most bytes of such a query. A head that is longer than a server allows does not come here.
const MAX_BYTES: usize = 65_536;

/// The reason why the names of a query are not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidNames {
    #[error("a query with `name[]` has at most {MAX_PARAMETERS} parameters and {MAX_BYTES} bytes")]
    TooMany,
    #[error("a value of `name[]` is not percent-encoded UTF-8")]
    NotEncoded,
}

/// The filter of the parameters `name[]` of a query. Other parameters mean nothing.
pub(super) fn name_filter(query: Option<&str>) -> Result<NameFilter, InvalidNames> {
    let query = query.unwrap_or_default();
    let parameters = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let mut names = parameters.filter(|(key, _)| is_name(key)).map(|(_, value)| value).peekable();
    if names.peek().is_none() {
        return Ok(NameFilter::ALL);
    }
    if query.len() > MAX_BYTES || query.split('&').count() > MAX_PARAMETERS {
        return Err(InvalidNames::TooMany);
    }
    let names: Option<Vec<_>> = names.map(percent_decoded).collect();
    Ok(NameFilter::of(names.ok_or(InvalidNames::NotEncoded)?.into_iter()))
}

fn is_name(key: &str) -> bool {
    let key = if key.contains('%') {
        Cow::Owned(percent_decoded(key).unwrap_or_default())
    } else {
        Cow::Borrowed(key)
    };
    key == "name[]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_query() {
        let of = |query| name_filter(Some(query));
        let names = |names: &[&str]| Ok(NameFilter::of(names.iter().map(ToString::to_string)));
        assert_eq!(name_filter(None), Ok(NameFilter::ALL));
        for without in ["", "&", "name=a", "name%5=a", "names[]=a", "x=%zz&y", "NAME[]=a"] {
            assert_eq!(of(without), Ok(NameFilter::ALL), "{without}");
        }
        assert_eq!(of("name[]=a"), names(&["a"]));
        assert_eq!(of("name%5B%5D=a&name%5b%5d=b"), names(&["a", "b"]));
        assert_eq!(of("%6Eame[]=a&x=%zz&name[]=b&&name[]=a"), names(&["a", "b"]));
        assert_eq!(of("name[]=%61_total"), names(&["a_total"]));
        for empty in ["name[]", "name[]=", "name%5B%5D"] {
            assert_eq!(of(empty), names(&[""]), "{empty}");
        }
    }

    #[test]
    fn malformed_and_endless_names_are_refused() {
        for query in ["name[]=%", "name[]=%g0", "name[]=a&name[]=%ff"] {
            assert_eq!(name_filter(Some(query)), Err(InvalidNames::NotEncoded), "{query}");
        }
        let many = |names: usize| vec!["name[]=a"; names].join("&");
        assert!(name_filter(Some(&many(MAX_PARAMETERS))).is_ok());
        assert_eq!(name_filter(Some(&many(MAX_PARAMETERS + 1))), Err(InvalidNames::TooMany));
        let long = format!("name[]={}", "x".repeat(MAX_BYTES));
        assert_eq!(name_filter(Some(&long)), Err(InvalidNames::TooMany));
        assert_eq!(name_filter(Some(&long[3..])), Ok(NameFilter::ALL));
    }
}
