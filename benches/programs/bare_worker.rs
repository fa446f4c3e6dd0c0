//! A small worker that sends the messages of its standard input, without metrics. `worker.rs` is
//! the same worker with metrics.

use std::{env, error::Error, fs, io, process::ExitCode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(file) = env::args_os().nth(1) {
        println!("{}", fs::read_to_string(file)?);
    }
    for message in io::stdin().lines() {
        send(&message?).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn send(message: &str) -> Result<(), io::Error> {
    tokio::task::yield_now().await;
    if message.is_empty() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    println!("{message}");
    Ok(())
}
