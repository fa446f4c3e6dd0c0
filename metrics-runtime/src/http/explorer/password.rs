//! The token as a password. A browser asks a person for a name and a password, and not for a bearer
//! token.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

/// The headers, with the password of `Basic` (RFC 7617) as a bearer token.
pub(super) fn as_token(headers: &HeaderMap) -> Cow<'_, HeaderMap> {
    let given = headers.get(AUTHORIZATION).and_then(|given| password(given.as_bytes()));
    let Some(token) = given else { return Cow::Borrowed(headers) };
    let mut headers = headers.clone();
    headers.insert(AUTHORIZATION, token);
    Cow::Owned(headers)
}

fn password(authorization: &[u8]) -> Option<HeaderValue> {
    let (scheme, credentials) = authorization.split_at_checked("Basic ".len())?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    let credentials = BASE64_STANDARD.decode(credentials.trim_ascii()).ok()?;
    let colon = credentials.iter().position(|&byte| byte == b':')?;
    let token = [b"Bearer ", &credentials[colon + 1..]].concat();
    let mut token = HeaderValue::from_bytes(&token).ok()?;
    token.set_sensitive(true);
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_token_whatever_the_name() {
        let token = |given: &str| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, given.parse().unwrap())]);
            as_token(&headers)[AUTHORIZATION].to_str().unwrap().to_owned()
        };
        let basic = |credentials: &str| format!("Basic {}", BASE64_STANDARD.encode(credentials));
        assert_eq!(token(&basic("me:s3cret")), "Bearer s3cret");
        assert_eq!(token(&basic(":s3:cret")), "Bearer s3:cret");
        assert_eq!(token(&basic("me:s3cret").replace("Basic", "bASIC")), "Bearer s3cret");
        // What is not understood is refused as it is.
        for other in ["Bearer a", "Basic", "Basic ", "Basic %%", &basic("s3cret"), &basic("a:b\n")]
        {
            assert_eq!(token(other), other);
        }
        assert!(as_token(&HeaderMap::new()).is_empty());
    }
}
