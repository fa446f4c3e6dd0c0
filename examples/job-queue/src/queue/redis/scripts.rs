//! The scripts, which the server keeps by their digests. One that it does not know is sent as a
//! text.

use std::sync::LazyLock;

use redis::{
    Cmd, ErrorKind, FromRedisValue, RedisResult, Script, ServerErrorKind, ToRedisArgs,
    aio::ConnectionLike,
};

use super::PREFIX;

/// The text of a script, and its digest.
struct Source {
    text: String,
    digest: String,
}

impl Source {
    fn new(own: &str) -> Self {
        let text = format!("{}{own}", include_str!("scripts/common.lua"));
        let digest = Script::new(&text).get_hash().to_owned();
        Self { text, digest }
    }
}

/// A call of a script.
pub(super) struct ScriptCall {
    source: &'static Source,
    arguments: Vec<Vec<u8>>,
}

impl ScriptCall {
    /// Adds an argument.
    pub(super) fn arg(&mut self, argument: impl ToRedisArgs) -> &mut Self {
        argument.write_redis_args(&mut self.arguments);
        self
    }

    /// Runs the script once.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        connection: &mut impl ConnectionLike,
    ) -> RedisResult<T> {
        let by_digest = self.command("EVALSHA", &self.source.digest);
        match by_digest.query_async(connection).await {
            // A script that is loaded first may be gone again when it is called.
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.command("EVAL", &self.source.text).query_async(connection).await
            }
            answer => answer,
        }
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(1).arg(PREFIX).arg(&self.arguments);
        command
    }
}

macro_rules! scripts {
    ($($(#[$docs:meta])* $name:ident = $file:literal;)*) => {$(
        $(#[$docs])*
        pub(super) fn $name() -> ScriptCall {
            static SOURCE: LazyLock<Source> =
                LazyLock::new(|| Source::new(include_str!(concat!("scripts/", $file))));
            ScriptCall { source: &SOURCE, arguments: Vec::new() }
        }
    )*};
}

scripts! {
    begin = "begin.lua";
    cancel = "cancel.lua";
    check = "check.lua";
    claim = "claim.lua";
    finish = "finish.lua";
    heartbeat = "heartbeat.lua";
    leave = "leave.lua";
    progress = "progress.lua";
    record = "record.lua";
    release = "release.lua";
    review = "review.lua";
    stats = "stats.lua";
    submit = "submit.lua";
    sweep = "sweep.lua";
    unreadable = "unreadable.lua";
}
