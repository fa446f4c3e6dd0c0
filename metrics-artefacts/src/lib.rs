#![doc = include_str!("../README.md")]

mod promql;

pub mod check;
pub mod documents;

pub mod bearer;
pub mod catalogue;
pub mod diff;
pub mod explore;
pub mod exposition;
pub mod finding;
pub mod generate;
pub mod input;
pub mod name_pattern;
pub mod program;
pub mod prometheus;
pub mod render;
pub mod verify;
pub mod web;
