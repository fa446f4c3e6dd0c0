#![doc = include_str!("../README.md")]

mod promql;

pub mod check;
pub mod documents;

pub mod catalogue;
pub mod diff;
pub mod finding;
pub mod generate;
pub mod input;
pub mod program;
pub mod web;
