use std::fmt::Write as _;

use super::{
    area::Area,
    colour,
    svg::{Anchor, Pixels, Svg},
    text,
};
use crate::render::{
    data::Span,
    scale::{Tick, Unit, ticks, time_ticks},
};

/// The pixels below an axis of time.
const TIME_HEIGHT: f64 = 18.0;
/// The font of axes.
const SIZE: f64 = 10.0;
/// Pixels that a tick needs.
const TICK_HEIGHT: f64 = 26.0;
const TICK_WIDTH: f64 = 62.0;

/// A plot over time: the place of a time and of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axes {
    pub(super) plot: Area,
    pub(super) span: Span,
    low: f64,
    high: f64,
}

impl Axes {
    /// Draws the axes of these values in an area.
    pub(super) fn of_values(
        svg: &mut Svg,
        area: Area,
        span: Span,
        low: f64,
        high: f64,
        unit: &Unit,
    ) -> Self {
        let height = area.height - TIME_HEIGHT;
        let ticks = ticks(low, high, number_of(height, TICK_HEIGHT), unit);
        let axes = Self::beside(area, span, low, high, &ticks);
        let Area { x, .. } = axes.plot;
        let mut lines = String::new();
        for tick in &ticks {
            let y = axes.y(tick.value);
            let right = Pixels(axes.plot.right());
            let _ = write!(lines, "M{} {}H{right}", Pixels(x), Pixels(y));
            svg.text((x - 6.0, y + 3.5), Anchor::End, "a", &tick.label);
        }
        svg.path(&lines, &[("stroke", colour::GRID)]);
        axes.time(svg);
        axes
    }

    /// Draws the axes of lines with these names, the first one at the bottom.
    pub(super) fn of_names(svg: &mut Svg, area: Area, span: Span, names: &[String]) -> Self {
        let most = area.width * 0.35;
        let names = names.iter().map(|name| text::fitted(name, SIZE, most));
        let ticks: Vec<_> = (0_u32..)
            .zip(names)
            .map(|(nth, label)| Tick { value: f64::from(nth) + 0.5, label })
            .collect();
        let high = ticks.last().map_or(1.0, |tick| tick.value + 0.5);
        let axes = Self::beside(area, span, 0.0, high, &ticks);
        let room = axes.plot.height / high;
        // Where names are closer than their height, some are left out.
        let every = (0..20).find(|n| f64::from(1 << n) * room >= 11.0).map_or(1, |n| 1 << n);
        for tick in ticks.iter().step_by(every) {
            svg.text((axes.plot.x - 6.0, axes.y(tick.value) + 3.5), Anchor::End, "a", &tick.label);
        }
        axes.time(svg);
        axes
    }

    /// The plot beside labels.
    fn beside(area: Area, span: Span, low: f64, high: f64, ticks: &[Tick]) -> Self {
        let widths = ticks.iter().map(|tick| text::width(&tick.label, SIZE));
        let left = widths.fold(12.0, f64::max) + 8.0;
        Self { plot: area.inside(4.0, 4.0, TIME_HEIGHT, left), span, low, high }
    }

    fn time(&self, svg: &mut Svg) {
        let Area { y, width, .. } = self.plot;
        let mut lines = String::new();
        for tick in time_ticks(self.span.start, self.span.end, number_of(width, TICK_WIDTH)) {
            let x = self.x(tick.value);
            let bottom = Pixels(self.plot.bottom());
            let _ = write!(lines, "M{} {}V{bottom}", Pixels(x), Pixels(y));
            let half = text::width(&tick.label, SIZE) / 2.0;
            let x = x.min(self.plot.right() + 4.0 - half);
            svg.text((x, self.plot.bottom() + 15.0), Anchor::Middle, "a", &tick.label);
        }
        svg.path(&lines, &[("stroke", colour::GRID)]);
    }

    pub(super) fn x(&self, time: f64) -> f64 {
        let length = (self.span.end - self.span.start).max(f64::MIN_POSITIVE);
        self.plot.x + (time - self.span.start) / length * self.plot.width
    }

    /// The place of a value. One beyond an end is at it.
    pub(super) fn y(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low).max(f64::MIN_POSITIVE);
        self.plot.bottom() - share.clamp(0.0, 1.0) * self.plot.height
    }

    /// Whether a value is between the ends.
    pub(super) fn has(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// How many times a length has room, at least once.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 1000")]
pub(super) fn number_of(room: f64, length: f64) -> u32 {
    (room / length).floor().clamp(1.0, 1000.0) as u32
}
