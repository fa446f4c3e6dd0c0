//! A program in which not even the framework's own sets are registered.

fn main() {
    match osapi_metrics_lost_tests::install() {
        Ok(_) => println!("installed"),
        Err(error) => println!("{error}"),
    }
}
