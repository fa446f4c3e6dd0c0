//! The socket that the environment names.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use super::DockerError;

/// The socket of an engine that was installed with its defaults.
const DEFAULT: &str = "/var/run/docker.sock";

/// The socket of a value of `DOCKER_HOST`.
pub(super) fn socket(host: Option<OsString>) -> Result<PathBuf, DockerError> {
    let Some(host) = host.filter(|host| !host.is_empty()) else { return Ok(DEFAULT.into()) };
    let path = host.to_str().and_then(|host| host.strip_prefix("unix://"));
    match path {
        Some(path) if path.starts_with('/') => Ok(path.into()),
        _ => Err(DockerError::Host { value: lossy(&host) }),
    }
}

fn lossy(text: &OsStr) -> String {
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(host: &str) -> Result<PathBuf, String> {
        socket(Some(host.into())).map_err(|error| error.to_string())
    }

    #[test]
    fn a_unix_address_is_a_path_and_other_addresses_are_refused() {
        assert_eq!(socket(None).unwrap(), PathBuf::from(DEFAULT));
        // As the client of Docker takes an empty variable.
        assert_eq!(of(""), Ok(DEFAULT.into()));
        assert_eq!(of("unix:///run/podman/podman.sock"), Ok("/run/podman/podman.sock".into()));
        let others =
            ["tcp://10.0.0.1:2376", "ssh://host", "npipe:////./pipe/docker", "/a", "unix://"];
        for refused in others {
            let error = of(refused).unwrap_err();
            let expected = format!(
                "DOCKER_HOST is `{refused}`; containers are read from a unix socket of this \
                 machine only: write its path as in `unix:///var/run/docker.sock`"
            );
            assert_eq!(error, expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_a_text_is_refused() {
        use std::os::unix::ffi::OsStringExt;
        let host = OsString::from_vec(b"unix:///run/\xff.sock".to_vec());
        assert!(matches!(socket(Some(host)), Err(DockerError::Host { .. })));
    }
}
