use std::fmt::Write as _;

use super::{
    area::Area,
    axes::Axes,
    colour,
    legend::{self, Entry},
    svg::{Pixels, Svg},
};
use crate::render::{
    board::{Field, LineStyle},
    data::{PanelData, Series},
    scale::Unit,
};

/// The most lines of a legend.
const LEGEND_LINES: u32 = 3;

/// How the lines of a panel are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) line: LineStyle,
    pub(super) is_stacked: bool,
    pub(super) fill: f64,
    pub(super) has_threshold_lines: bool,
    pub(super) has_legend: bool,
}

/// Points of a series, each with the lower end of its area.
type Band = Vec<(f64, f64, f64)>;

pub(super) fn draw(svg: &mut Svg, area: Area, field: &Field, style: Style, data: &PanelData) {
    let names = data.series.iter().enumerate();
    let entries: Vec<_> = names
        .map(|(nth, series)| Entry {
            name: series.name.clone(),
            colour: colour::of_series(nth).to_owned(),
        })
        .collect();
    let area =
        if style.has_legend { legend::draw(svg, area, &entries, LEGEND_LINES) } else { area };
    let bands = bands(&data.series, style.is_stacked);
    let (low, high) = ends(&bands, field);
    let axes = Axes::of_values(svg, area, data.span, low, high, &Unit::of(&field.unit));
    if style.has_threshold_lines {
        thresholds(svg, &axes, field);
    }
    // The first series is above the others, as in Grafana.
    for (nth, band) in bands.iter().enumerate().rev() {
        svg.begin("series", &[]);
        band_of(svg, &axes, band, style, colour::of_series(nth));
        svg.end();
    }
}

/// The lower and the upper end of each series at each time. Stacked ones stand on the sum of those
/// before them.
fn bands(series: &[Series], is_stacked: bool) -> Vec<Band> {
    let mut sums = std::collections::BTreeMap::new();
    let band = |series: &Series| -> Band {
        let points = series.points.iter().filter(|(_, value)| value.is_finite());
        points
            .map(|&(time, value)| {
                if !is_stacked {
                    return (time, 0.0, value);
                }
                let sum: &mut f64 = sums.entry(time.to_bits()).or_insert(0.0);
                let from = *sum;
                *sum += value;
                (time, from, *sum)
            })
            .collect()
    };
    series.iter().map(band).collect()
}

/// The ends of the axis: those of the panel, or of the values and 0.
fn ends(bands: &[Band], field: &Field) -> (f64, f64) {
    let values = || bands.iter().flatten().map(|(_, _, value)| *value);
    let low = field.min.unwrap_or_else(|| values().fold(0.0, f64::min));
    let high = field.max.unwrap_or_else(|| {
        let high = values().fold(f64::NEG_INFINITY, f64::max).max(0.0);
        // Some room above the highest value.
        high + (high - low) * 0.06
    });
    if high > low { (low, high) } else { (low, low + 1.0) }
}

fn band_of(svg: &mut Svg, axes: &Axes, band: &Band, style: Style, colour: &str) {
    if style.line == LineStyle::Bars {
        let step = axes.x(axes.span.start + axes.span.step) - axes.plot.x;
        let half = (step * 0.4).clamp(0.5, 8.0);
        let mut bars = String::new();
        for &(time, from, to) in band {
            let (x, top, bottom) = (axes.x(time), axes.y(to), axes.y(from));
            let _ = write!(
                bars,
                "M{} {}V{}H{}V{}z",
                Pixels(x - half),
                Pixels(bottom),
                Pixels(top),
                Pixels(x + half),
                Pixels(bottom)
            );
        }
        return svg.path(&bars, &[("fill", colour), ("fill-opacity", "0.8")]);
    }
    let (mut lines, mut areas, mut dots) = (String::new(), String::new(), String::new());
    let mut rest = &band[..];
    while !rest.is_empty() {
        let is_gap = |pair: &[(f64, f64, f64)]| {
            Series::is_gap((pair[0].0, 0.0), (pair[1].0, 0.0), axes.span.step)
        };
        let length = rest.windows(2).position(is_gap).map_or(rest.len(), |last| last + 1);
        let (run, behind) = rest.split_at(length);
        rest = behind;
        if style.line == LineStyle::Points || run.len() == 1 {
            for &(time, _, value) in run {
                // A line of no length with round ends is a dot.
                let _ = write!(dots, "M{} {}h0", Pixels(axes.x(time)), Pixels(axes.y(value)));
            }
            continue;
        }
        let upper = polyline(run.iter().map(|&(time, _, value)| (axes.x(time), axes.y(value))));
        let lower = polyline(run.iter().rev().map(|&(time, from, _)| (axes.x(time), axes.y(from))));
        let _ = write!(areas, "M{upper}L{lower}z");
        let _ = write!(lines, "M{upper}");
    }
    if style.fill > 0.0 {
        let opacity = format!("{:.2}", style.fill.min(1.0));
        svg.path(&areas, &[("fill", colour), ("fill-opacity", &opacity)]);
    }
    let joined = ("stroke-linejoin", "round");
    svg.path(&lines, &[("fill", "none"), ("stroke", colour), ("stroke-width", "1.3"), joined]);
    let round = ("stroke-linecap", "round");
    svg.path(&dots, &[("fill", "none"), ("stroke", colour), ("stroke-width", "4"), round]);
}

/// Points of a line, without those between others at the same height. The first one is absolute,
/// and the others are relative, which is shorter.
fn polyline(points: impl Iterator<Item = (f64, f64)>) -> String {
    // In tenths of a pixel, so that differences of rounded places add up to them.
    let points: Vec<_> = points.map(|(x, y)| ((x * 10.0).round(), (y * 10.0).round())).collect();
    let is_level = |nth: usize| {
        let height = |nth: usize| points.get(nth).map(|(_, y)| y.to_bits());
        let before = nth.checked_sub(1).and_then(height);
        before == height(nth) && height(nth + 1) == height(nth)
    };
    let mut text = String::new();
    let mut last = (0.0, 0.0);
    for nth in (0..points.len()).filter(|nth| !is_level(*nth)) {
        let (x, y) = points[nth];
        let begin = match nth {
            0 => "",
            _ if text.contains('l') => " ",
            _ => "l",
        };
        let (right, down) = (Pixels((x - last.0) / 10.0), Pixels((y - last.1) / 10.0));
        let _ = write!(text, "{begin}{right} {down}");
        last = (x, y);
    }
    text
}

/// A dashed line at each threshold inside the plot.
fn thresholds(svg: &mut Svg, axes: &Axes, field: &Field) {
    for step in field.thresholds.iter().filter(|step| axes.has(step.from)) {
        let y = axes.y(step.from);
        let line = format!("M{} {}H{}", Pixels(axes.plot.x), Pixels(y), Pixels(axes.plot.right()));
        let colour = colour::of_name(&step.colour);
        svg.begin("threshold", &[]);
        svg.path(
            &line,
            &[("stroke", &colour), ("stroke-dasharray", "8 6"), ("stroke-opacity", "0.9")],
        );
        svg.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[f64]) -> Series {
        let points = (0_u32..).map(f64::from).zip(values.iter().copied()).collect();
        Series { name: String::new(), boundary: None, points }
    }

    #[test]
    fn stacked_series_stand_on_each_other() {
        let all = [series(&[1.0, 2.0]), series(&[3.0, 0.5])];
        let stacked = bands(&all, true);
        assert_eq!(stacked[1], [(0.0, 1.0, 4.0), (1.0, 2.0, 2.5)]);
        let field = Field::default();
        assert_eq!(ends(&stacked, &field), (0.0, 4.24));
        assert_eq!(ends(&bands(&[series(&[0.0])], false), &field), (0.0, 1.0));
        assert_eq!(ends(&bands(&[series(&[-2.0])], false), &field), (-2.0, 0.12));
        let limited = Field { max: Some(1.0), ..field };
        assert_eq!(ends(&stacked, &limited), (0.0, 1.0));
    }

    #[test]
    fn points_at_the_same_height_are_left_out() {
        let points = [(0.0, 5.0), (1.0, 5.0), (2.0, 5.0), (3.0, 7.0), (4.0, 9.0), (5.0, 9.0)];
        assert_eq!(polyline(points.into_iter()), "0 5l2 0 1 2 1 2 1 0");
    }
}
