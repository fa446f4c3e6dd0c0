//! The program: arguments -> measurement -> report.

use std::{error::Error, fmt::Write as _, process::ExitCode};

use clap::Parser as _;

use crate::{
    arguments::Arguments,
    machine,
    measurement::{self, Effort, Paths},
    report::{self, Style},
};

/// Performs the task that the arguments of the process name.
#[must_use]
pub fn run(paths: Paths<'_>) -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.child {
        Some(task) => measurement::perform(task).and_then(|measurements| {
            println!("{}", serde_json::to_string(&measurements)?);
            Ok(())
        }),
        None => report(&arguments, paths),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn report(arguments: &Arguments, paths: Paths<'_>) -> Result<(), Box<dyn Error>> {
    let machine = machine::description();
    if machine::load().is_some_and(|load| load > 0.5) {
        eprintln!("note: other programs are running; they make the figures larger");
    }
    let effort = Effort::new(arguments.quick);
    let style = if arguments.markdown { Style::Markdown } else { Style::Plain };
    let mut measurements = Vec::new();
    let mut tables = Vec::new();
    for topic in arguments.topics() {
        let measured = measurement::measure(topic, &effort, paths)?;
        tables.push(report::topic(topic, &measured));
        measurements.extend(measured);
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&measurements)?);
        return Ok(());
    }
    tables.push(report::goals(&measurements));
    tables.retain(|table| !table.rows.is_empty());
    let mut text = String::new();
    for (heading, value) in machine {
        match style {
            Style::Plain => writeln!(text, "{heading}: {value}")?,
            Style::Markdown => writeln!(text, "* {heading}: {value}")?,
        }
    }
    writeln!(text)?;
    for table in &tables {
        table.write(style, &mut text)?;
    }
    print!("{text}");
    Ok(())
}
