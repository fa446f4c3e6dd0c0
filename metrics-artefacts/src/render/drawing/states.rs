use super::{
    area::Area,
    axes::Axes,
    colour,
    figure::{of_value, shown},
    legend::{self, Entry},
    svg::{Anchor, Svg},
    text,
};
use crate::render::{
    board::Field,
    data::{PanelData, Series},
};

/// Draws a line for each series, with an interval for each value that lasts.
pub(super) fn draw(svg: &mut Svg, area: Area, field: &Field, data: &PanelData) {
    let entries: Vec<_> = field
        .mappings
        .iter()
        .filter_map(|mapping| {
            let colour = colour::of_name(mapping.colour.as_deref().unwrap_or("green"));
            mapping.text.clone().map(|name| Entry { name, colour })
        })
        .collect();
    let area = legend::draw(svg, area, &entries, 2);
    // The first series is at the top.
    let names: Vec<_> = data.series.iter().rev().map(|series| series.name.clone()).collect();
    let axes = Axes::of_names(svg, area, data.span, &names);
    let rows = f64::from(u32::try_from(names.len()).unwrap_or(1).max(1));
    let height = axes.plot.height / rows;
    for (nth, series) in (0_u32..).zip(&data.series) {
        let y = axes.plot.y + f64::from(nth) * height + height * 0.05;
        svg.begin("series", &[]);
        for interval in intervals(series, axes.span.step, axes.span.end) {
            let (from, to) = (axes.x(interval.from), axes.x(interval.to));
            let bar = Area { x: from, y, width: (to - from).max(1.0), height: height * 0.9 };
            let colour = of_value(field, interval.value);
            svg.rectangle(bar, &[("fill", &colour), ("fill-opacity", "0.8")]);
            let name = shown(field, interval.value);
            if text::width(&name, 11.0) + 10.0 < bar.width && height > 14.0 {
                let place = (bar.x + 6.0, bar.centre().1 + 4.0);
                svg.styled_text(place, Anchor::Start, &[("style", "fill:#111217")], &name);
            }
        }
        svg.end();
    }
}

/// A time with one value.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Interval {
    from: f64,
    to: f64,
    value: f64,
}

/// The intervals of a series. A value lasts until the next one, or for a step if there is none.
fn intervals(series: &Series, step: f64, end: f64) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = Vec::new();
    let nexts = series.points.iter().skip(1).map(Some).chain([None]);
    for (&point, next) in series.points.iter().zip(nexts) {
        let (from, value) = point;
        let to = match next {
            Some(next) if !Series::is_gap(point, *next, step) => next.0,
            _ => (from + step).min(end),
        };
        match intervals.last_mut() {
            #[expect(clippy::float_cmp, reason = "a state has one exact value")]
            Some(last) if last.value == value && (last.to - from).abs() < step * 0.5 => {
                last.to = to;
            }
            _ => intervals.push(Interval { from, to, value }),
        }
    }
    intervals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_beside_each_other_are_one_interval() {
        let points = vec![(0.0, 0.0), (1.0, 0.0), (2.0, 2.0), (5.0, 2.0), (6.0, 0.0)];
        let series = Series { name: String::new(), boundary: None, points };
        let shown: Vec<_> =
            intervals(&series, 1.0, 6.0).iter().map(|of| (of.from, of.to, of.value)).collect();
        assert_eq!(shown, [(0.0, 2.0, 0.0), (2.0, 3.0, 2.0), (5.0, 6.0, 2.0), (6.0, 6.0, 0.0)]);
    }
}
