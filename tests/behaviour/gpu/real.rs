//! The GPUs of this machine, where it has some: compared with `nvidia-smi`.

use std::process::{Command, Stdio};

use osapi_metrics::{
    instrumentation::gpu,
    testing::{CapturedValue, capture},
};
use osapi_metrics_tests::servers::report_skipped;

use super::wait;

const MIB: f64 = 1024.0 * 1024.0;

/// A row of `nvidia-smi`. `None` for what it does not know.
struct Row {
    index: String,
    uuid: String,
    model: String,
    total_mib: Option<f64>,
    used_mib: Option<f64>,
    temperature: Option<f64>,
    utilization_percent: Option<f64>,
    watts: Option<f64>,
}

/// The GPUs by `nvidia-smi`; `None` where there is none.
fn rows() -> Option<Vec<Row>> {
    let columns =
        "index,uuid,name,memory.total,memory.used,temperature.gpu,utilization.gpu,power.draw";
    let output = Command::new("nvidia-smi")
        .args([&format!("--query-gpu={columns}"), "--format=csv,noheader,nounits"])
        .stdin(Stdio::null())
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    let rows: Vec<_> = String::from_utf8_lossy(&output.stdout).lines().filter_map(row).collect();
    (!rows.is_empty()).then_some(rows)
}

fn row(line: &str) -> Option<Row> {
    let mut words = line.split(", ").map(str::to_owned);
    let (index, uuid, model) = (words.next()?, words.next()?, words.next()?);
    let mut number = || words.next().and_then(|word| word.parse().ok());
    Some(Row {
        index,
        uuid,
        model,
        total_mib: number(),
        used_mib: number(),
        temperature: number(),
        utilization_percent: number(),
        watts: number(),
    })
}

/// A row of a machine with a GPU that does not know its use.
#[test]
fn a_row_is_read() {
    let row = row("1, GPU-a, NVIDIA H200, 143771, 4, 31, [N/A], 76.58").unwrap();
    assert_eq!((row.index.as_str(), row.model.as_str()), ("1", "NVIDIA H200"));
    assert_eq!((row.total_mib, row.used_mib), (Some(143_771.0), Some(4.0)));
    assert_eq!((row.utilization_percent, row.watts), (None, Some(76.58)));
}

#[test]
fn the_gpus_of_this_machine_are_those_of_nvidia_smi() {
    let Some(rows) = rows() else {
        report_skipped("there is no GPU with `nvidia-smi`");
        return;
    };
    let captured = capture(|| gpu::observe().unwrap().keep());
    for row in rows {
        let labels = [
            ("hw.id", row.uuid.as_str()),
            ("hw.model", row.model.as_str()),
            ("gpu_index", row.index.as_str()),
        ];
        let gauge = |name| captured.gauge(name, &labels).map(CapturedValue::as_f64);
        wait("the GPU", || {
            let [id, _, _] = labels;
            captured.up_down_counter("hw.status", &[id, ("hw.state", "ok")]) == 1
        });
        // Two readings at two times: other programs may use the GPU meanwhile.
        let compared = |what: &str, ours: Option<f64>, theirs: Option<f64>, tolerance: f64| {
            assert_eq!(ours.is_some(), theirs.is_some(), "{what}: {ours:?}, {theirs:?}");
            let difference = ours.unwrap_or_default() - theirs.unwrap_or_default();
            assert!(difference.abs() <= tolerance, "{what}: {ours:?}, {theirs:?}");
        };
        let memory = |name| {
            let bytes = captured.up_down_counter(name, &labels).as_f64();
            Some(bytes / MIB).filter(|_| row.total_mib.is_some())
        };
        compared("total", memory("hw.gpu.memory.limit"), row.total_mib, 1.0);
        compared("used", memory("hw.gpu.memory.usage"), row.used_mib, 0.5 * 1024.0);
        compared("temperature", gauge("hw.temperature"), row.temperature, 15.0);
        compared("power", gauge("hw.power"), row.watts, 300.0);
        let [id, _, _] = labels;
        let share = captured
            .gauge("hw.gpu.utilization", &[id, ("hw.gpu.task", "general")])
            .map(|value| value.as_f64() * 100.0);
        compared("utilization", share, row.utilization_percent, 100.0);
    }
}
