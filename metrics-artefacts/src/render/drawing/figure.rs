use super::{
    area::Area,
    colour,
    svg::{Anchor, Svg},
    text,
    tiles::tiles,
};
use crate::render::{board::Field, data::PanelData, scale::Unit};

/// Draws the last value of each series.
pub(super) fn draw(
    svg: &mut Svg,
    area: Area,
    field: &Field,
    is_coloured: bool,
    has_name: bool,
    data: &PanelData,
) {
    let has_name = has_name || data.series.len() > 1;
    for (series, tile) in data.series.iter().zip(tiles(area, data.series.len())) {
        let value = series.last();
        let colour = if is_coloured { of_value(field, value) } else { colour::TEXT.to_owned() };
        let (x, y) = tile.centre();
        let room = tile.width - 12.0;
        let shown = shown(field, value);
        // As large as width and height allow.
        let size =
            (room / text::width(&shown, 1.0).max(0.5)).min(tile.height * 0.5).clamp(9.0, 40.0);
        let y = y + size * 0.35;
        if has_name {
            let name = text::fitted(&series.name, 11.0, room);
            let above = y - size * 0.72 - 6.0;
            svg.text((x, above + 6.0), Anchor::Middle, "", &name);
            value_text(svg, (x, y + 10.0), size, &colour, &shown);
        } else {
            value_text(svg, (x, y), size, &colour, &shown);
        }
    }
}

/// Draws a value in the size and the colour.
pub(super) fn value_text(svg: &mut Svg, place: (f64, f64), size: f64, colour: &str, text: &str) {
    let style = format!("font-size:{size:.0}px;fill:{colour}");
    svg.styled_text(place, Anchor::Middle, &[("class", "v"), ("style", &style)], text);
}

/// A value with its unit, or the text that it has instead.
pub(super) fn shown(field: &Field, value: f64) -> String {
    let text = field.mapping(value).and_then(|mapping| mapping.text.clone());
    text.unwrap_or_else(|| Unit::of(&field.unit).format(value, field.decimals))
}

/// The colour of a value: of its mapping, or of the thresholds.
pub(super) fn of_value(field: &Field, value: f64) -> String {
    let of_mapping = field.mapping(value).and_then(|mapping| mapping.colour.as_deref());
    colour::of_name(of_mapping.or_else(|| field.threshold(value)).unwrap_or("green"))
}
