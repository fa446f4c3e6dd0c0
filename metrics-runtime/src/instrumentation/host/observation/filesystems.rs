//! File systems, which threads ask.

use std::sync::Arc;

use super::super::{
    FilesystemReader, HostError, HostRoles,
    contexts::{Filesystem, FilesystemSpace, FilesystemState, PathSpace, SpaceState},
    read_space,
    reading::{MountedSpace, Space},
    settings::Settings,
};
use crate::{
    roles::{Count, Observations, RoleObserver},
    sampling::Sampler,
};

/// `errors` makes a counter of readings that failed.
pub(super) fn observe(
    settings: &Settings,
    roles: &HostRoles,
    errors: &dyn Fn() -> Count,
) -> Result<Observations, HostError> {
    let mut observations = Observations::default();
    if needs_filesystems(roles) {
        observations.extend([observe_filesystems(settings, roles, errors)?]);
    }
    if !roles.path_usage.is_unused() {
        for path in &settings.paths {
            let (shown, asked) = (Arc::from(path.to_string_lossy()), path.clone());
            let sampler =
                Sampler::spawn("statvfs of a path", settings.interval, errors(), move || {
                    read_space(&asked)
                });
            let sampler = sampler.map_err(|source| HostError::Thread { source })?;
            let report = sampler.samples().observation(move |space, observer| {
                observe_path(&shown, space, observer);
            });
            observations.extend([roles.path_usage.observe(move |observer| {
                // The sampler ends with the observation.
                let _ = &sampler;
                report(observer);
            })]);
        }
    }
    Ok(observations)
}

fn needs_filesystems(roles: &HostRoles) -> bool {
    !(roles.filesystem_usage.is_unused()
        && roles.filesystem_utilization.is_unused()
        && roles.filesystem_used_ratio.is_unused()
        && roles.filesystem_limit.is_unused()
        && roles.filesystem_inodes.is_unused())
}

fn observe_filesystems(
    settings: &Settings,
    roles: &HostRoles,
    errors: &dyn Fn() -> Count,
) -> Result<Observations, HostError> {
    let mut reader = FilesystemReader::new(
        &settings.proc_path(),
        &settings.root,
        settings.is_mounted(),
        settings.excluded_mount_points.clone(),
        errors(),
    );
    let thread = Sampler::spawn("file systems", settings.interval, errors(), move || reader.read());
    let thread = Arc::new(thread.map_err(|source| HostError::Thread { source })?);
    let samples = thread.samples();
    macro_rules! observe {
        ($($role:ident: $report:expr;)*) => {
            [$({
                let report = samples.observation($report);
                // The last of the observations ends the thread.
                let thread = Arc::clone(&thread);
                roles.$role.observe(move |observer| {
                    let _ = &thread;
                    report(observer);
                })
            }),*]
        };
    }
    let observations = observe! {
        filesystem_usage: |usages, observer| each_state(usages, observer, |_| 1.0);
        filesystem_utilization: |usages, observer| {
            each_state(usages, observer, |space| 1.0 / space.total.max(1) as f64);
        };
        filesystem_used_ratio: |usages: &Vec<MountedSpace>, observer| {
            each(usages, observer, |space| {
                let all = space.used.saturating_add(space.free);
                (all > 0).then(|| space.used as f64 / all as f64)
            });
        };
        filesystem_limit: |usages: &Vec<MountedSpace>, observer| {
            each(usages, observer, |space| Some(space.total as f64));
        };
        filesystem_inodes: |usages: &Vec<MountedSpace>, observer| inodes(usages, observer);
    };
    let age = roles.filesystem_sample_age.observe(samples.age_observation());
    Ok(observations.into_iter().chain([age]).collect())
}

fn each_state(
    usages: &Vec<MountedSpace>,
    observer: &mut RoleObserver<'_, FilesystemSpace>,
    factor: fn(&Space) -> f64,
) {
    for MountedSpace { filesystem, space } in usages {
        let states = [
            (FilesystemState::Used, space.used),
            (FilesystemState::Free, space.free),
            (FilesystemState::Reserved, space.reserved),
        ];
        for (state, bytes) in states {
            let context = FilesystemSpace { filesystem: filesystem.clone(), state };
            observer.observe(&context, bytes as f64 * factor(space));
        }
    }
}

fn each(
    usages: &[MountedSpace],
    observer: &mut RoleObserver<'_, Filesystem>,
    value: fn(&Space) -> Option<f64>,
) {
    for MountedSpace { filesystem, space } in usages {
        if let Some(value) = value(space) {
            observer.observe(filesystem, value);
        }
    }
}

/// File systems such as btrfs make inodes as they need them, and report none.
fn inodes(usages: &[MountedSpace], observer: &mut RoleObserver<'_, FilesystemSpace>) {
    for MountedSpace { filesystem, space } in usages.iter().filter(|usage| usage.space.inodes > 0) {
        let states = [
            (FilesystemState::Used, space.inodes - space.inodes_free),
            (FilesystemState::Free, space.inodes_free),
        ];
        for (state, count) in states {
            let context = FilesystemSpace { filesystem: filesystem.clone(), state };
            observer.observe(&context, count as f64);
        }
    }
}

fn observe_path(path: &Arc<str>, space: &Space, observer: &mut RoleObserver<'_, PathSpace>) {
    for (state, bytes) in [(SpaceState::Used, space.used), (SpaceState::Free, space.free)] {
        observer.observe(&PathSpace { path: Arc::clone(path), state }, bytes as f64);
    }
}
