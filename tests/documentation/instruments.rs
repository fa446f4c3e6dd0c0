//! The page about instruments lists the instruments that the derive accepts.

use crate::{
    assert_same,
    markdown::{codes, rows_below},
};

const PAGE: &str = include_str!("../../metrics-runtime/src/docs/instruments.md");

/// The message of the derive about a field of another type. It lists the instruments.
const MESSAGE: &str = include_str!("../ui/shape/no_instrument.stderr");

#[test]
fn instruments_are_the_instruments_that_the_macro_accepts() {
    let (_, list) = MESSAGE.lines().next().unwrap().split_once("use one of ").unwrap();
    let (list, _) = list.split_once(';').unwrap();
    let listed = rows_below(PAGE, "instrument");
    let listed = listed.iter().flat_map(|row| codes(&row[0]));
    assert_same(&listed.collect(), &codes(list).collect());
}
