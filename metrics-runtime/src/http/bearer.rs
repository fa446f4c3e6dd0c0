//! The token that a scrape has to present, if a token is configured.

use std::{fmt, hint::black_box, io::Read, path::Path};

use http::{HeaderMap, header::AUTHORIZATION};

use crate::{
    config::{BearerTokenError, MAX_TOKEN_LENGTH},
    regular_file,
};

/// A bearer token (RFC 6750), read from a file.
pub(crate) struct BearerToken(Box<[u8]>);

impl BearerToken {
    /// Reads the token. White space around it, such as the final newline, is not part of the token.
    pub(crate) fn from_file(path: &Path) -> Result<Self, BearerTokenError> {
        let unreadable = |source| BearerTokenError::Unreadable { path: path.to_owned(), source };
        let mut content = Vec::new();
        regular_file::open(path)
            // One byte more than allowed shows that a file is too long.
            .and_then(|file| file.take(MAX_TOKEN_LENGTH as u64 + 1).read_to_end(&mut content))
            .map_err(unreadable)?;

        let token = content.trim_ascii();
        if content.len() > MAX_TOKEN_LENGTH {
            return Err(BearerTokenError::TooLong { path: path.to_owned() });
        }
        if token.is_empty() {
            return Err(BearerTokenError::Empty { path: path.to_owned() });
        }
        if !token.iter().all(u8::is_ascii_graphic) {
            return Err(BearerTokenError::NotGraphic { path: path.to_owned() });
        }
        Ok(Self(token.into()))
    }

    /// Whether the request presents this token.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        headers
            .get(AUTHORIZATION)
            .and_then(|value| presented(value.as_bytes()))
            .is_some_and(|presented| equal_in_constant_time(presented, &self.0))
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}

/// The token in an `Authorization` header; the scheme's case does not matter (RFC 9110, 11.1).
fn presented(authorization: &[u8]) -> Option<&[u8]> {
    let space = authorization.iter().position(|&byte| byte == b' ')?;
    let (scheme, token) = authorization.split_at(space);
    scheme.eq_ignore_ascii_case(b"bearer").then(|| token.trim_ascii())
}

/// Compares without stopping at the first difference, so that the time of the comparison reveals
/// only the length of the secret.
fn equal_in_constant_time(presented: &[u8], secret: &[u8]) -> bool {
    let mut difference = u8::from(presented.len() != secret.len());
    for (index, &byte) in secret.iter().enumerate() {
        // `black_box` keeps the compiler from turning the loop into one that ends early.
        difference |= black_box(byte ^ presented.get(index).copied().unwrap_or(0));
    }
    black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token_of(content: &[u8]) -> Result<BearerToken, BearerTokenError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, content).unwrap();
        BearerToken::from_file(&path)
    }

    fn admits(token: &BearerToken, authorization: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization.parse().unwrap());
        token.admits(&headers)
    }

    #[test]
    fn only_the_whole_token_is_admitted() {
        let token = token_of(b"s3cret\n").unwrap();
        assert!(admits(&token, "Bearer s3cret"));
        assert!(admits(&token, "bearer  s3cret"));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer s3cre",
            "Bearer s3cret!",
            "Bearer S3CRET",
            "Basic s3cret",
            "s3cret",
        ] {
            assert!(!admits(&token, wrong), "{wrong:?} was admitted");
        }
        assert!(!token.admits(&HeaderMap::new()));
    }

    #[test]
    fn unusable_files_are_named_and_their_content_is_not_shown() {
        assert!(matches!(token_of(b" \n"), Err(BearerTokenError::Empty { .. })));
        assert!(matches!(
            token_of(&[b'a'; MAX_TOKEN_LENGTH + 1]),
            Err(BearerTokenError::TooLong { .. })
        ));
        let error = token_of(b"two words").unwrap_err();
        assert!(matches!(error, BearerTokenError::NotGraphic { .. }));
        assert!(!error.to_string().contains("two words"));

        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("absent");
        let error = BearerToken::from_file(&absent).unwrap_err();
        assert!(error.to_string().contains(absent.to_str().unwrap()));
    }

    #[test]
    fn debug_output_hides_the_token() {
        let token = token_of(b"s3cret").unwrap();
        assert_eq!(format!("{token:?}"), "BearerToken(…)");
    }
}
