//! The program `podman`, whose service has the API of Docker.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{ServerProcess, find, wait};

/// The service of Podman on a socket in a temporary folder, with an image and containers of its
/// own. They end with it.
#[derive(Debug)]
pub struct PodmanService {
    program: PathBuf,
    process: ServerProcess,
    /// The last field, so that the service ends before its folder is removed.
    folder: TempDir,
}

/// Where systemd mounts the second version of cgroups beside the first one. Podman's runtime
/// refuses to run a container there, unless it cannot see this folder.
const HYBRID: &str = "/sys/fs/cgroup/unified";

impl PodmanService {
    /// Starts the service.
    ///
    /// # Errors
    ///
    /// Why Podman cannot be used here.
    pub(super) fn start(podman: PathBuf) -> Result<Self, String> {
        // A static program is all that an image needs.
        let busybox = find("busybox").ok_or("there is no busybox")?;
        let folder = TempDir::new().expect("a temporary folder");
        let image = folder.path().join("image.tar");
        pack(&busybox, folder.path(), &image)?;
        let import = ["import", text(&image), IMAGE];
        finish(command(&podman, folder.path()).args(import))?;
        let mut service = command(&podman, folder.path());
        let socket = folder.path().join(SOCKET);
        service.args(["system", "service", "--time=0", &format!("unix://{}", text(&socket))]);
        let mut process = ServerProcess::start(&mut service, folder.path().join("service.log"));
        let is_ready = wait("podman listens", || {
            let ended = process.ended().map(|status| Err(format!("{status}: {}", process.said())));
            ended.or_else(|| socket.exists().then_some(Ok(())))
        });
        is_ready.map(|()| Self { program: podman, process, folder })
    }

    /// The socket of the service.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }

    /// The image of the containers, without its tag.
    pub fn image(&self) -> &'static str {
        IMAGE
    }

    /// Runs a container with 64 MiB of memory and without a network.
    ///
    /// # Errors
    ///
    /// Why containers cannot run here.
    pub fn run(&self, name: &str, program: &[&str]) -> Result<(), String> {
        let mut run = command(&self.program, self.folder.path());
        run.args(["run", "--detach", "--name", name, "--network", "none", "--memory", "64m"]);
        // Podman's own limits are higher than those that a user may set.
        run.args(["--ulimit", "nofile=512:512", "--ulimit", "nproc=512:512", IMAGE]);
        finish(run.args(program))
    }

    /// Stops a container.
    ///
    /// # Panics
    ///
    /// If Podman does not stop it.
    pub fn stop(&self, name: &str) {
        self.command(&["stop", "--time", "0", name]);
    }

    /// Starts a container that was stopped.
    ///
    /// # Panics
    ///
    /// If Podman does not start it.
    pub fn start_again(&self, name: &str) {
        self.command(&["start", name]);
    }

    /// Removes a container.
    ///
    /// # Panics
    ///
    /// If Podman does not remove it.
    pub fn remove(&self, name: &str) {
        self.command(&["rm", "--force", "--time", "0", name]);
    }

    fn command(&self, arguments: &[&str]) {
        finish(command(&self.program, self.folder.path()).args(arguments)).expect("podman works");
    }
}

impl Drop for PodmanService {
    fn drop(&mut self) {
        // The containers are not children of the service.
        let remove = ["rm", "--all", "--force", "--time", "0"];
        let _ = finish(command(&self.program, self.folder.path()).args(remove));
        self.process.kill();
    }
}

/// The image; Podman adds the tag `latest`.
const IMAGE: &str = "localhost/osapi-metrics-tests";

const SOCKET: &str = "podman.sock";

/// Podman with its state in this folder.
fn command(podman: &Path, folder: &Path) -> Command {
    let mut command = if Path::new(HYBRID).exists() {
        // In a mount namespace of its own, so that the system does not change.
        let mut command = ServerProcess::command("unshare");
        let script = format!("umount {HYBRID} && exec \"$0\" \"$@\"");
        command.args(["--mount", "sh", "-c", &script]).arg(podman);
        command
    } else {
        ServerProcess::command(podman)
    };
    command.env("HOME", folder).env("TMPDIR", folder);
    for (option, name) in [("--root", "root"), ("--runroot", "run"), ("--tmpdir", "state")] {
        command.arg(option).arg(folder.join(name));
    }
    command.args(["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs"]);
    command.args(["--events-backend", "none"]);
    command
}

/// Makes an image of busybox.
fn pack(busybox: &Path, folder: &Path, image: &Path) -> Result<(), String> {
    let bin = folder.join("image/bin");
    fs::create_dir_all(&bin).expect("a folder in a temporary folder");
    fs::copy(busybox, bin.join("busybox")).map_err(|error| error.to_string())?;
    for name in ["sh", "sleep"] {
        fs::hard_link(bin.join("busybox"), bin.join(name)).map_err(|error| error.to_string())?;
    }
    let mut tar = ServerProcess::command("tar");
    finish(
        tar.arg("--create")
            .arg("--file")
            .arg(image)
            .arg("--directory")
            .arg(folder.join("image"))
            .arg("bin"),
    )
}

/// Runs a command to its end.
fn finish(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have names in UTF-8")
}
