use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    area::Area,
    axes::Axes,
    colour,
    svg::{Anchor, Pixels, Svg},
};
use crate::render::{
    board::Field,
    data::{PanelData, Series},
    scale::Unit,
};

/// How many colours the cells have.
const SHADES: u32 = 16;
/// Cells with less are not drawn.
const NOTHING: f64 = 1e-9;

/// Draws a cell for each bucket at each time.
pub(super) fn draw(svg: &mut Svg, area: Area, field: &Field, data: &PanelData) {
    let buckets = buckets(&data.series);
    let unit = Unit::of(&field.unit);
    let names: Vec<_> = buckets
        .iter()
        .map(|bucket| {
            bucket.boundary.map_or_else(|| bucket.name.clone(), |le| unit.format(le, None))
        })
        .collect();
    let values = buckets.iter().flat_map(|bucket| bucket.points.iter().map(|(_, value)| *value));
    let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    let area = scale(svg, area, most);
    let axes = Axes::of_names(svg, area, data.span, &names);
    let mut cells: BTreeMap<u32, String> = BTreeMap::new();
    let width = axes.x(axes.span.start + axes.span.step) - axes.plot.x;
    for (nth, bucket) in (0_u32..).zip(&buckets) {
        let (top, bottom) = (axes.y(f64::from(nth) + 1.0), axes.y(f64::from(nth)));
        for (time, value) in bucket.points.iter().filter(|(_, value)| *value > NOTHING) {
            // A value is of the time before it.
            let left = axes.x(*time) - width;
            let (left, right) = (left.max(axes.plot.x), left + width);
            if right <= axes.plot.x {
                continue;
            }
            let cell = cells.entry(shade(*value, most)).or_default();
            let [x, y] = [left, top].map(Pixels);
            let [width, height] =
                [right - left - 0.6, bottom - top - 0.6].map(|of| Pixels(of.max(0.4)));
            let _ = write!(cell, "M{x} {y}h{width}v{height}h-{width}z");
        }
    }
    svg.begin("series", &[]);
    for (shade, cells) in cells {
        let colour = colour::of_heat(f64::from(shade) / f64::from(SHADES));
        svg.path(&cells, &[("fill", &colour)]);
    }
    svg.end();
}

/// The shade of a value, from 1, where the square root is linear.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 16")]
fn shade(value: f64, most: f64) -> u32 {
    let share = (value / most).clamp(0.0, 1.0).sqrt();
    (share * f64::from(SHADES)).ceil().clamp(1.0, f64::from(SHADES)) as u32
}

/// The buckets from the lowest to the highest, each with what it has more than those below.
fn buckets(series: &[Series]) -> Vec<Series> {
    let mut buckets = series.to_vec();
    if buckets.iter().any(|bucket| bucket.boundary.is_none()) {
        return buckets;
    }
    buckets
        .sort_by(|a, b| a.boundary.partial_cmp(&b.boundary).unwrap_or(std::cmp::Ordering::Equal));
    let mut below: BTreeMap<u64, f64> = BTreeMap::new();
    for bucket in &mut buckets {
        for (time, value) in &mut bucket.points {
            let before = below.insert(time.to_bits(), *value).unwrap_or_default();
            *value = (*value - before).max(0.0);
        }
    }
    buckets
}

/// The colours from nothing to the most, at the bottom.
fn scale(svg: &mut Svg, area: Area, most: f64) -> Area {
    let width = (area.width * 0.5).min(160.0);
    let left = area.right() - width - 34.0;
    let (y, part) = (area.bottom() - 9.0, width / f64::from(SHADES));
    svg.begin("legend", &[]);
    svg.text((left - 6.0, y + 7.0), Anchor::End, "a", "0");
    for shade in 1..=SHADES {
        let x = left + f64::from(shade - 1) * part;
        let colour = colour::of_heat(f64::from(shade) / f64::from(SHADES));
        svg.rectangle(Area { x, y, width: part + 0.3, height: 7.0 }, &[("fill", &colour)]);
    }
    let label = Unit::of("none").format(most, None);
    svg.text((left + width + 6.0, y + 7.0), Anchor::Start, "a", &label);
    svg.end();
    area.inside(0.0, 0.0, 16.0, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_has_what_those_below_do_not_have() {
        let series = |boundary: f64, value: f64| Series {
            name: boundary.to_string(),
            boundary: Some(boundary),
            points: vec![(0.0, value), (1.0, value * 2.0)],
        };
        let all = [series(f64::INFINITY, 5.0), series(0.5, 2.0), series(10.0, 5.0)];
        let buckets = buckets(&all);
        let shown: Vec<_> = buckets.iter().map(|of| (of.name.as_str(), of.points[1].1)).collect();
        assert_eq!(shown, [("0.5", 4.0), ("10", 6.0), ("inf", 0.0)]);
        assert_eq!([1.0, 4.0, 16.0].map(|value| shade(value, 16.0)), [4, 8, 16]);
    }
}
