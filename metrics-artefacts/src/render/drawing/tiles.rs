use super::area::Area;

/// Parts of an area for several values, as large as they can be beside and below each other.
pub(super) fn tiles(area: Area, number: usize) -> Vec<Area> {
    let number = u32::try_from(number.clamp(1, 1000)).unwrap_or(1);
    // How large a square has room in each tile.
    let side = |columns: u32| {
        let rows = number.div_ceil(columns);
        (area.width / f64::from(columns)).min(area.height / f64::from(rows) * 1.6)
    };
    let columns = (1..=number).max_by(|a, b| side(*a).total_cmp(&side(*b))).unwrap_or(1);
    let rows = number.div_ceil(columns);
    let (width, height) = (area.width / f64::from(columns), area.height / f64::from(rows));
    let tile = |nth: u32| Area {
        x: area.x + f64::from(nth % columns) * width,
        y: area.y + f64::from(nth / columns) * height,
        width,
        height,
    };
    (0..number).map(tile).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_beside_each_other_in_a_wide_area() {
        let area = |width, height| Area { x: 0.0, y: 0.0, width, height };
        let places = |width, height, number| {
            let tiles = tiles(area(width, height), number);
            tiles.iter().map(|tile| (tile.x, tile.y)).collect::<Vec<_>>()
        };
        assert_eq!(places(300.0, 100.0, 3), [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)]);
        assert_eq!(places(100.0, 300.0, 2), [(0.0, 0.0), (0.0, 150.0)]);
        assert_eq!(places(10.0, 10.0, 0).len(), 1);
    }
}
