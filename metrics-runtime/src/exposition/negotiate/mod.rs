//! What a scrape is answered with: its media type and its coding, from the headers of the request.

mod accept;
mod accept_encoding;
mod choice;
#[cfg(test)]
mod clients;
mod escaping;
mod media_type;
mod weight;

pub(crate) use accept_encoding::accepts_gzip;
pub(crate) use choice::negotiate;
pub(crate) use media_type::Negotiated;
