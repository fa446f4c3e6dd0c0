use super::{
    area::Area,
    svg::{Anchor, Svg},
    text,
};

/// The height of a line of a legend.
const LINE: f64 = 15.0;
const SIZE: f64 = 11.0;
/// The mark before a name, and the space behind it.
const MARK: f64 = 18.0;
const BEHIND: f64 = 12.0;

/// An entry of a legend.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) colour: String,
}

/// Draws a legend at the bottom of an area, on at most this many lines, and returns the area that
/// is left.
pub(super) fn draw(svg: &mut Svg, area: Area, entries: &[Entry], most_lines: u32) -> Area {
    let placed = placed(entries, area.width, most_lines);
    let lines = placed.last().map_or(0, |last| last.line + 1);
    let top = area.bottom() - f64::from(lines) * LINE;
    svg.begin("legend", &[]);
    for (entry, place) in entries.iter().zip(&placed) {
        let (x, y) = (area.x + place.x, top + f64::from(place.line) * LINE + LINE - 4.0);
        let Some(name) = &place.name else {
            let more = format!("and {} more", entries.len() + 1 - placed.len());
            svg.text((x, y), Anchor::Start, "d", &more);
            break;
        };
        let mark = Area { x, y: y - 5.0, width: 13.0, height: 3.0 };
        svg.rectangle(mark, &[("fill", &entry.colour)]);
        svg.text((x + MARK, y), Anchor::Start, "", name);
    }
    svg.end();
    area.inside(0.0, 0.0, f64::from(lines) * LINE + 2.0, 0.0)
}

/// The place of an entry.
struct Placed {
    x: f64,
    line: u32,
    /// As much of the name as has room; `None` for the rest of the entries together.
    name: Option<String>,
}

fn placed(entries: &[Entry], width: f64, most_lines: u32) -> Vec<Placed> {
    let mut placed = Vec::new();
    let (mut x, mut line) = (0.0, 0);
    for (nth, entry) in entries.iter().enumerate() {
        let name = text::fitted(&entry.name, SIZE, width - MARK);
        let length = MARK + text::width(&name, SIZE);
        if x > 0.0 && x + length > width {
            (x, line) = (0.0, line + 1);
        }
        let is_last = nth + 1 == entries.len();
        let is_last_line = line + 1 == most_lines;
        // The rest needs room, too.
        let rest = if is_last_line && !is_last { 70.0 } else { 0.0 };
        if line == most_lines || (rest > 0.0 && x > 0.0 && x + length + BEHIND + rest > width) {
            if line == most_lines {
                // The line before has room for the rest, because it was left there.
                line -= 1;
            }
            placed.push(Placed { x, line, name: None });
            break;
        }
        placed.push(Placed { x, line, name: Some(name) });
        x += length + BEHIND;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(names: &[&str], width: f64) -> Vec<(u32, String)> {
        let entry = |name: &&str| Entry { name: (*name).to_owned(), colour: String::new() };
        let entries: Vec<_> = names.iter().map(entry).collect();
        let placed = placed(&entries, width, 2);
        placed.into_iter().map(|of| (of.line, of.name.unwrap_or_else(|| "…".to_owned()))).collect()
    }

    #[test]
    fn entries_are_wrapped_and_the_rest_is_counted() {
        let shown = |names: &[&str]| {
            lines(names, 160.0)
                .iter()
                .map(|(line, name)| format!("{line}{name}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(&["one", "two"]), ["0one", "0two"]);
        assert_eq!(shown(&["a name", "a second name", "c"]), ["0a name", "1a second name", "1c"]);
        let many = shown(&["a first name", "a second name", "third", "fourth", "fifth"]);
        assert_eq!(many, ["0a first name", "1a second name", "1…"]);
        assert_eq!(shown(&[]), [""; 0]);
    }
}
