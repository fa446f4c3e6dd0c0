use std::fmt::{self, Write};

use super::area::Area;

/// The text of an SVG that grows.
#[derive(Debug)]
pub(super) struct Svg {
    text: String,
}

/// A text that XML can have, with its special characters escaped.
pub(super) struct Escaped<'a>(pub(super) &'a str);

/// A coordinate with one digit behind the point.
pub(super) struct Pixels(pub(super) f64);

/// Where the text stands from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The fonts of the systems of readers, and the classes of texts. The first is that of all texts.
const STYLE: &str = "text{font:11px system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,\
                     sans-serif;fill:#ccccdc}.t{font-size:12px;font-weight:600}\
                     .r{font-size:14px;font-weight:600}.a{font-size:10px;fill:#8e8f9a}\
                     .d{fill:#7b7c87}.e{fill:#f2495c}.v{font-weight:600}";

impl Svg {
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let (width, height, title) = (Pixels(width), Pixels(height), Escaped(title));
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n"
        );
        Self { text }
    }

    /// Adds a rectangle with these further attributes.
    pub(super) fn rectangle(&mut self, area: Area, attributes: &[(&str, &str)]) {
        let Area { x, y, width, height } = area;
        let [x, y, width, height] = [x, y, width, height].map(Pixels);
        self.element(format_args!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"",
        ));
        self.attributes(attributes);
    }

    /// Adds a path of these commands.
    pub(super) fn path(&mut self, commands: &str, attributes: &[(&str, &str)]) {
        if !commands.is_empty() {
            self.element(format_args!("<path d=\"{commands}\""));
            self.attributes(attributes);
        }
    }

    /// Adds a text of one of the classes, or of none.
    pub(super) fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, class: &str, text: &str) {
        self.styled_text((x, y), anchor, &[("class", class)], text);
    }

    /// Adds a text with these attributes.
    pub(super) fn styled_text(
        &mut self,
        (x, y): (f64, f64),
        anchor: Anchor,
        attributes: &[(&str, &str)],
        text: &str,
    ) {
        self.element(format_args!("<text x=\"{}\" y=\"{}\"", Pixels(x), Pixels(y)));
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => self.text.push_str(" text-anchor=\"middle\""),
            Anchor::End => self.text.push_str(" text-anchor=\"end\""),
        }
        for (key, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            self.element(format_args!(" {key}=\"{}\"", Escaped(value)));
        }
        self.element(format_args!(">{}</text>\n", Escaped(text)));
    }

    /// Begins a group, which names what it has.
    pub(super) fn begin(&mut self, class: &str, attributes: &[(&str, &str)]) {
        self.element(format_args!("<g class=\"{}\"", Escaped(class)));
        for (key, value) in attributes {
            self.element(format_args!(" {key}=\"{}\"", Escaped(value)));
        }
        self.text.push_str(">\n");
    }

    /// Ends the last group.
    pub(super) fn end(&mut self) {
        self.text.push_str("</g>\n");
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    fn attributes(&mut self, attributes: &[(&str, &str)]) {
        for (key, value) in attributes {
            self.element(format_args!(" {key}=\"{}\"", Escaped(value)));
        }
        self.text.push_str("/>\n");
    }

    fn element(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a text cannot fail.
        let _ = self.text.write_fmt(text);
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\n' | '\r' | '\t' => f.write_char(' ')?,
                // What XML 1.0 has no way to write.
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        // `-0` is 0, and what is not finite is outside.
        let rounded = if rounded.is_finite() { rounded + 0.0 } else { -1.0 };
        write!(f, "{rounded}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let text = "a<b> & \"c\" 'd'\n\u{1b}[1m ü";
        let escaped = Escaped(text).to_string();
        assert_eq!(escaped, "a&lt;b&gt; &amp; &quot;c&quot; 'd' \u{fffd}[1m ü");
        let mut svg = Svg::new(1.0, 1.0, text);
        svg.styled_text((0.0, 0.0), Anchor::Middle, &[("fill", text)], text);
        assert!(svg.finish().ends_with(&format!("fill=\"{escaped}\">{escaped}</text>\n</svg>\n")));
    }

    #[test]
    fn coordinates_are_short() {
        let shown = [1.0, 1.04, 1.26, -0.01, f64::NAN].map(|number| Pixels(number).to_string());
        assert_eq!(shown, ["1", "1", "1.3", "0", "-1"]);
    }
}
