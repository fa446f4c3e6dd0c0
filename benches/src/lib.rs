//! Compares osapi-metrics with other metrics libraries: the cost of recording, of a scrape, of
//! memory, of a start, of compilation, and of the compiled program.
//!
//! ```console
//! cargo bench -p osapi-metrics-bench
//! ```
//!
//! Recording and scraping are measured in interleaved rounds: each round runs every contender once,
//! in rotating order, so that a disturbance of the machine disturbs all contenders.
//!
//! # Layers
//!
//! Each file or room (a folder) imports from lower floors only.
//!
//! | file or room | floor | content |
//! |---|---:|---|
//! | `figure` | 1 | a figure of one library, and the spread of several values |
//! | `machine` | 1 | processor, load, compiler and libraries, and the memory of this process |
//! | `samples` | 1 | reads the samples of an exposition |
//! | `runtime` | 1 | osapi-metrics as every measurement installs it, and a collector |
//! | `cargo` | 1 | compiles packages that are written below the target folder |
//! | `recording` | 2 | cases, their contenders, and the time of one operation |
//! | `scrape` | 2 | an exporter of each library, and the time of one scrape, also beside many threads |
//! | `compile_time` | 2 | crates with and without metrics, and the time to compile them |
//! | `release` | 2 | programs with thin LTO and one codegen unit, and their sizes |
//! | `instructions` | 3 | the instructions of one operation, counted by valgrind |
//! | `child` | 3 | a task that a process of its own performs |
//! | `memory` | 4 | resident memory, in child processes |
//! | `start` | 4 | the time of a start, in child processes |
//! | `topic` | 5 | the parts of the report, as `--case` names them |
//! | `arguments` | 6 | the command line: topics, or the task of a child process |
//! | `measurement` | 6 | measures a topic, or performs the task of a child process |
//! | `report` | 6 | figures as tables, and goals |
//! | `program` | 7 | arguments -> measurement -> report |
//!
//! Programs stand beside the library: `bin/service.rs`, whose memory is measured, and the programs
//! of `benches/programs/`, which `release` compiles: `instructions.rs`, whose instructions are
//! counted, and two workers, whose sizes are compared.

mod arguments;
mod cargo;
mod child;
mod compile_time;
mod figure;
mod instructions;
mod machine;
mod measurement;
mod memory;
mod program;
mod recording;
mod release;
mod report;
mod runtime;
mod samples;
mod scrape;
mod start;
mod topic;

pub use measurement::Paths;
pub use program::run;
