use super::{
    area::Area,
    colour,
    figure::{of_value, shown, value_text},
    svg::{Anchor, Pixels, Svg},
    text,
    tiles::tiles,
};
use crate::render::{board::Field, data::PanelData};

/// The angle of the lowest value, clockwise from the right, and of the way to the highest.
const BEGIN: f64 = 160.0;
const SWEEP: f64 = 220.0;

/// Draws an arc for the last value of each series, inside one with the colours of thresholds.
pub(super) fn draw(svg: &mut Svg, area: Area, field: &Field, data: &PanelData) {
    let has_names = data.series.len() > 1;
    let (low, high) = ends(field);
    for (series, tile) in data.series.iter().zip(tiles(area, data.series.len())) {
        let value = series.last();
        let for_name = if has_names { 16.0 } else { 0.0 };
        let height = tile.height - for_name - 8.0;
        let radius = (tile.width / 2.0 - 10.0).min(height / 1.36).max(12.0);
        let centre = (tile.centre().0, tile.y + 4.0 + radius);
        let width = (radius * 0.26).max(4.0);
        let share = |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0);
        for (from, to, name) in sections(field, low, high) {
            let colour = colour::of_name(name);
            let (from, to) = (share(from), share(to));
            let ring = Ring { centre, radius: radius - 1.5, width: 3.0 };
            ring.draw(svg, from, to, &colour);
        }
        let ring = Ring { centre, radius: radius - 6.0 - width / 2.0, width };
        ring.draw(svg, 0.0, 1.0, colour::TRACK);
        let colour = of_value(field, value);
        ring.draw(svg, 0.0, share(value), &colour);
        let text = shown(field, value);
        let room = (radius - 8.0 - width) * 1.7;
        let size = (room / text::width(&text, 1.0).max(0.5)).min(radius * 0.5).clamp(9.0, 34.0);
        value_text(svg, (centre.0, centre.1 + size * 0.3), size, &colour, &text);
        if has_names {
            let name = text::fitted(&series.name, 11.0, tile.width - 8.0);
            let below = (tile.bottom() - 4.0).min(centre.1 + radius * 0.36 + for_name);
            svg.text((centre.0, below), Anchor::Middle, "", &name);
        }
    }
}

/// The lowest and the highest value, as Grafana has them where nobody says others.
fn ends(field: &Field) -> (f64, f64) {
    let low = field.min.unwrap_or(0.0);
    let high = field.max.unwrap_or(if field.unit == "percentunit" { 1.0 } else { 100.0 });
    if high > low { (low, high) } else { (low, low + 1.0) }
}

/// The parts of the range that have one colour.
fn sections(field: &Field, low: f64, high: f64) -> Vec<(f64, f64, &str)> {
    let steps = field.thresholds.iter();
    let ends = field.thresholds.iter().skip(1).map(|step| step.from).chain([f64::INFINITY]);
    steps
        .zip(ends)
        .map(|(step, end)| (step.from.max(low), end.min(high), step.colour.as_str()))
        .filter(|(from, to, _)| from < to)
        .collect()
}

/// A part of a circle, drawn as a thick line.
struct Ring {
    centre: (f64, f64),
    radius: f64,
    width: f64,
}

impl Ring {
    /// Draws the part between two shares of the sweep.
    fn draw(&self, svg: &mut Svg, from: f64, to: f64, colour: &str) {
        if to <= from {
            return;
        }
        let point = |share: f64| {
            let angle = (BEGIN + SWEEP * share).to_radians();
            (self.centre.0 + self.radius * angle.cos(), self.centre.1 + self.radius * angle.sin())
        };
        let ((x, y), (to_x, to_y)) = (point(from), point(to));
        let is_large = u8::from((to - from) * SWEEP > 180.0);
        let [x, y, to_x, to_y, radius] = [x, y, to_x, to_y, self.radius].map(Pixels);
        let arc = format!("M{x} {y}A{radius} {radius} 0 {is_large} 1 {to_x} {to_y}");
        let width = Pixels(self.width).to_string();
        svg.path(&arc, &[("fill", "none"), ("stroke", colour), ("stroke-width", &width)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::board::ThresholdStep;

    #[test]
    fn thresholds_divide_the_range() {
        let step = |from, colour: &str| ThresholdStep { from, colour: colour.to_owned() };
        let thresholds =
            vec![step(f64::NEG_INFINITY, "green"), step(0.8, "yellow"), step(2.0, "red")];
        let field = Field { thresholds, unit: "percentunit".to_owned(), ..Field::default() };
        let (low, high) = ends(&field);
        assert_eq!(sections(&field, low, high), [(0.0, 0.8, "green"), (0.8, 1.0, "yellow")]);
    }
}
