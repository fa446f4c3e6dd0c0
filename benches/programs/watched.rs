//! What the explorer costs a process with 1,000 series that change each second: processor time
//! while nobody looks, and while one viewer does.
//!
//! ```console
//! cargo run --release -p osapi-metrics-bench --features explorer --example watched -- 60
//! ```
//!
//! Linux alone counts processor time in `/proc/self/stat`.

use std::{
    env,
    error::Error,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, Metrics, config::MetricsConfig,
};

#[derive(Clone, LabelSet)]
struct Place {
    #[label(max = 1_000)]
    place: String,
}

/// Series that change.
#[derive(MetricSet)]
#[metric_set(prefix = "watched")]
struct Watched {
    /// Parcels that arrived.
    #[metric(max_series = 1_000)]
    parcels_arrived_total: Counter<Place>,
    /// Parcels that wait.
    #[metric(max_series = 1_000)]
    parcels_waiting: Gauge<Place, i64>,
    /// The time that a parcel takes.
    #[metric(unit = "s", max_series = 1_000, buckets = [0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0])]
    parcel_time_seconds: Histogram<Place>,
}

const COUNTERS: usize = 600;
const GAUGES: usize = 200;
const HISTOGRAMS: usize = 200;

/// The ticks of processor time in a second, on each Linux.
const TICKS: f64 = 100.0;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("view") {
        return view(arguments.next().ok_or("an address")?.parse()?);
    }
    let seconds: u32 = first.as_deref().unwrap_or("60").parse()?;
    let mut config = MetricsConfig::default();
    config.listen = "127.0.0.1:0".parse()?;
    config.explorer = Some(true);
    let metrics =
        Metrics::builder().service_name("watched").config(config).enabled(true).install()?;
    let address = metrics.serve().await?;
    let worker =
        thread::spawn(move || measure(seconds, address).map_err(|error| error.to_string()));
    while !worker.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    worker.join().map_err(|_| "the measurement has panicked")??;
    metrics.shutdown()?;
    Ok(())
}

fn measure(seconds: u32, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let nobody = change(seconds)?;
    let mut viewer = Command::new(env::current_exe()?)
        .args(["view", &address.to_string()])
        .stdout(Stdio::null())
        .spawn()?;
    // The whole state is sent once, and is no part of what each second costs.
    change(3)?;
    let watched = change(seconds);
    if viewer.try_wait()?.is_some() {
        return Err("the viewer has ended, so nobody has looked".into());
    }
    viewer.kill()?;
    viewer.wait()?;
    let share = |ticks: f64| 100.0 * ticks / TICKS / f64::from(seconds);
    let (nobody, watched) = (share(nobody), share(watched?));
    println!(
        "processor time, {COUNTERS} counters, {GAUGES} gauges, {HISTOGRAMS} histograms, {seconds} s"
    );
    println!("  nobody looks  {nobody:.2} % of a core, with the changes themselves");
    println!("  one viewer    {watched:.2} % of a core, {:.2} % more", watched - nobody);
    Ok(())
}

/// Changes each series each second, and returns the ticks of processor time meanwhile.
fn change(seconds: u32) -> Result<f64, Box<dyn Error>> {
    let set = Watched::global();
    let place = |number: usize| Place { place: format!("place-{number}") };
    let counters: Vec<_> =
        (0..COUNTERS).map(|number| set.parcels_arrived_total.with(place(number))).collect();
    let gauges: Vec<_> =
        (0..GAUGES).map(|number| set.parcels_waiting.with(place(number))).collect();
    let histograms: Vec<_> =
        (0..HISTOGRAMS).map(|number| set.parcel_time_seconds.with(place(number))).collect();
    let (start, before) = (Instant::now(), ticks()?);
    for second in 1..=seconds {
        for counter in &counters {
            counter.add(3);
        }
        for gauge in &gauges {
            gauge.set(i64::from(second));
        }
        for histogram in &histograms {
            histogram.record(0.3);
        }
        thread::sleep((start + Duration::from_secs(second.into())) - Instant::now());
    }
    Ok(ticks()? - before)
}

/// The processor time of this process in user and system mode.
fn ticks() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name in the second field may have spaces.
    let (_, rest) = stat.rsplit_once(')').ok_or("no name")?;
    let fields: Vec<_> = rest.split_whitespace().collect();
    Ok(fields[11].parse::<f64>()? + fields[12].parse::<f64>()?)
}

/// Reads the events, as a browser does.
fn view(address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /metrics/live HTTP/1.1\r\nHost: {address}\r\n\r\n")?;
    let mut buffer = vec![0; 1 << 16];
    while stream.read(&mut buffer)? > 0 {}
    Ok(())
}
