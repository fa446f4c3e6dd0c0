//! Texts of strangers, without the secrets that a client sends.

use std::collections::HashSet;

use http::{HeaderMap, HeaderValue, Uri};
use osapi_metrics_rules::excerpt::Excerpt;

/// A piece of a longer secret. A text that has one repeats the secret, cut or damaged.
const PIECE: usize = 12;

/// Shorter secrets are too common in base64 to be looked for.
const SHORTEST_IN_BASE64: usize = 4;

/// Names of schemes before credentials, which are no secret.
const SCHEMES: [&str; 6] = ["apikey", "basic", "bearer", "digest", "negotiate", "token"];

/// What a client sends and must not be shown: values of headers, of the URL's query, and the
/// password of a proxy.
///
/// Everything that a server says passes [`cleaned`](Secrets::cleaned) before it is logged or
/// becomes a part of an error: a server, or a proxy before it, may repeat what it was sent.
#[derive(Default)]
pub(crate) struct Secrets {
    /// Texts that are shorter than a piece.
    short: Vec<Vec<u8>>,
    pieces: HashSet<[u8; PIECE]>,
}

impl Secrets {
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri, proxy: Option<&HeaderValue>) -> Self {
        let mut secrets = Self::default();
        for value in headers.values().chain(proxy) {
            secrets.add_value(value.as_bytes());
        }
        for entry in uri.query().unwrap_or_default().split('&') {
            let value = entry.split_once('=').map_or(entry, |(_, value)| value);
            let decoded: Vec<_> = percent_decoded(value.as_bytes()).map(|(byte, _)| byte).collect();
            secrets.add_value(&decoded);
        }
        secrets
    }

    /// A text in the length of a message, without the secrets: neither as they are sent, nor
    /// escaped, per-cent encoded, in base64, or cut to no less than 12 characters.
    pub(crate) fn cleaned(&self, text: &str) -> String {
        Excerpt::of_message(&self.without_secrets(text)).to_string()
    }

    fn without_secrets(&self, text: &str) -> String {
        let (bytes, ends): (Vec<u8>, Vec<usize>) = percent_decoded(text.as_bytes()).unzip();
        let mut is_secret = vec![false; bytes.len()];
        for (start, piece) in bytes.windows(PIECE).enumerate() {
            if self.pieces.contains(piece) {
                is_secret[start..start + PIECE].fill(true);
            }
        }
        for secret in &self.short {
            for (start, found) in bytes.windows(secret.len()).enumerate() {
                let end = start + secret.len();
                if found == secret && stands_alone(&bytes, start, end) {
                    is_secret[start..end].fill(true);
                }
            }
        }
        let mut shown = Vec::with_capacity(text.len());
        let (mut start, mut was_secret) = (0, false);
        for (end, is_secret) in ends.into_iter().zip(is_secret) {
            match (is_secret, was_secret) {
                (false, _) => shown.extend_from_slice(&text.as_bytes()[start..end]),
                (true, false) => shown.extend_from_slice(b"<redacted>"),
                (true, true) => {}
            }
            (start, was_secret) = (end, is_secret);
        }
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// Adds the words of a value, because an endpoint may repeat the credentials without their
    /// scheme.
    fn add_value(&mut self, value: &[u8]) {
        let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let mut words = words.peekable();
        let scheme = words.next_if(|word| is_scheme(word));
        if let (Some(alone), None) = (scheme, words.peek()) {
            self.add(alone);
        }
        for word in words {
            self.add(word);
            // What `Basic` has.
            if let Some(pair) = decoded_base64(word)
                && let Some(colon) = pair.iter().position(|&byte| byte == b':')
            {
                self.add(&pair);
                self.add(&pair[colon + 1..]);
            }
        }
    }

    fn add(&mut self, secret: &[u8]) {
        self.add_form(secret.to_vec());
        let escaped = secret.iter().flat_map(|&byte| {
            let escape = matches!(byte, b'"' | b'\\').then_some(b'\\');
            escape.into_iter().chain([byte])
        });
        self.add_form(escaped.collect());
        if secret.len() >= SHORTEST_IN_BASE64 {
            for alphabet in ALPHABETS {
                for before in 0..3 {
                    self.add_form(within_base64(secret, before, alphabet));
                }
            }
        }
    }

    fn add_form(&mut self, form: Vec<u8>) {
        if form.len() < PIECE {
            if !form.is_empty() && !self.short.contains(&form) {
                self.short.push(form);
            }
            return;
        }
        let pieces = form.windows(PIECE).map(<[u8; PIECE]>::try_from);
        self.pieces.extend(pieces.flatten());
    }
}

fn is_scheme(word: &[u8]) -> bool {
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme.as_bytes()))
}

/// Whether the part of a text is no part of a longer word, if it is so short that words have it by
/// chance.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let is_word = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    let is_within = start > 0 && is_word(text.get(start - 1)) || is_word(text.get(end));
    end - start >= SHORTEST_IN_BASE64 || !is_within
}

/// The bytes that per-cent encoding stands for, each with the end of its place in the text.
fn percent_decoded(text: &[u8]) -> impl Iterator<Item = (u8, usize)> {
    let digit = |at: usize| text.get(at).and_then(|&byte| char::from(byte).to_digit(16));
    let mut at = 0;
    std::iter::from_fn(move || {
        let byte = *text.get(at)?;
        let encoded = match (byte, digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => u8::try_from(high * 16 + low).ok(),
            _ => None,
        };
        at += if encoded.is_some() { 3 } else { 1 };
        Some((encoded.unwrap_or(byte), at))
    })
}

/// The usual alphabet of base64, and the one for URLs.
const ALPHABETS: [&[u8; 64]; 2] = [
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
];

/// The characters of base64 that are of a secret alone, with so many bytes before it.
fn within_base64(secret: &[u8], before: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let (start, end) = (before * 8, (before + secret.len()) * 8);
    let bit = |at: usize| secret[at / 8 - before] >> (7 - at % 8) & 1;
    let characters = start.div_ceil(6)..end / 6;
    let sextet = |nth: usize| (nth * 6..nth * 6 + 6).fold(0, |bits, at| bits << 1 | bit(at));
    characters.map(|nth| alphabet[usize::from(sextet(nth))]).collect()
}

/// The bytes that a text in base64 stands for. `None` if it is none.
fn decoded_base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|&byte| byte != b'=')? + 1;
    let (mut decoded, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in &text[..end] {
        let value = ALPHABETS
            .iter()
            .find_map(|alphabet| alphabet.iter().position(|known| known == character))?;
        bits = bits << 6 & 0xffff | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            decoded.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn secrets(value: &str, url: &str) -> Secrets {
        let entry = (HeaderName::from_static("x-key"), HeaderValue::from_str(value).unwrap());
        Secrets::of(&HeaderMap::from_iter([entry]), &url.parse().unwrap(), None)
    }

    fn cleaned(value: &str, text: &str) -> String {
        secrets(value, "http://collector").cleaned(text)
    }

    #[test]
    fn every_form_of_a_value_is_left_out() {
        let value = "Bearer s3cr+t/\"value\"&more";
        for (text, shown) in [
            ("no: Bearer s3cr+t/\"value\"&more!", "no: Bearer <redacted>!"),
            ("no: s3cr%2Bt%2f%22value%22%26more", "no: <redacted>"),
            ("%6e%6F: %73%33%63%72%2b%74%2F%22%76%61%6c%75%65%22%26more", "%6e%6F: <redacted>"),
            (r#"{"key":"s3cr+t/\"value\"&more"}"#, r#"{"key":"<redacted>"}"#),
            // The word, and `authorization: Bearer …`, in base64.
            ("is czNjcit0LyJ2YWx1ZSImbW9yZQ==", "is <redacted>Q=="),
            ("is czNjcit0LyJ2YWx1ZSImbW9yZQ", "is <redacted>Q"),
            ("cut: s3cr+t/\"valu…", "cut: <redacted>…"),
            ("tail: …\"value\"&more", "tail: …<redacted>"),
            ("unauthorized", "unauthorized"),
            ("50% of 100%2", "50% of 100%2"),
        ] {
            assert_eq!(cleaned(value, text), shown);
        }
    }

    /// In base64, the bytes before a secret turn it into one of three texts.
    #[test]
    fn a_secret_within_a_text_in_base64_is_left_out() {
        for (text, shown) in [
            ("aHVudGVyLTI=", "<redacted>I="),
            ("YTpodW50ZXItMjph", "YTp<redacted>jph"),
            ("YWE6aHVudGVyLTI6YWE=", "YWE6<redacted>I6YWE="),
            ("eGh1bnRlci0yeA==", "eG<redacted>eA=="),
            ("eHhodW50ZXItMnh4", "eHh<redacted>nh4"),
        ] {
            assert_eq!(cleaned("hunter-2", text), shown);
        }
        // `?>?>?>` in both alphabets.
        assert_eq!(cleaned("?>?>?>", "Pz4/Pj8+ Pz4_Pj8-"), "<redacted> <redacted>");
    }

    #[test]
    fn the_password_within_basic_credentials_is_left_out() {
        // `user:pass wörd`
        let value = "Basic dXNlcjpwYXNzIHfDtnJk";
        for text in ["user:pass wörd", "for pass wörd", "dXNlcjpwYXNzIHfDtnJk", "pass%20w%C3%B6rd"]
        {
            let shown = cleaned(value, text);
            assert!(shown.ends_with("<redacted>"), "{text}: {shown}");
        }
        assert_eq!(cleaned(value, "no such user"), "no such user");
    }

    #[test]
    fn short_values_are_words() {
        assert_eq!(cleaned("1", "tenant 1 of 10: 401"), "tenant <redacted> of 10: 401");
        assert_eq!(cleaned("basic", "plan basic"), "plan <redacted>");
        assert_eq!(cleaned("", "nothing"), "nothing");
    }

    #[test]
    fn values_of_the_query_are_left_out() {
        let secrets = secrets("x", "http://collector/v1?tenant=a&token=hun%2Fter2%26long");
        let shown = secrets.cleaned("GET /v1?tenant=a&token=hun%2Fter2%26long: hun/ter2&long");
        assert_eq!(shown, "GET /v1?tenant=<redacted>&token=<redacted>: <redacted>");
    }

    /// The end of a text that is cut does not hide a part of a secret from the search.
    #[test]
    fn texts_are_cut_when_they_are_clean() {
        let text = format!("{}hunter-2-hunter-2{}", "a".repeat(192), "z".repeat(1_000_000));
        let shown = cleaned("hunter-2-hunter-2", &text);
        assert!(!shown.contains("hunter"), "{shown}");
        assert!(shown.chars().count() <= 501, "{shown}");
    }
}
