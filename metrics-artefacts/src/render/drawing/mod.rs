//! Panels as SVG: one picture, with nothing from outside.

mod area;
mod axes;
mod board;
mod colour;
mod figure;
mod gauge;
mod heatmap;
mod legend;
mod lines;
mod panel;
mod states;
mod svg;
mod text;
mod tiles;

pub(super) use board::{DrawnPanel, draw, points_beside};
