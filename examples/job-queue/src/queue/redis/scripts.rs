//! The scripts, which the server keeps by their digests and gets again when it does not know one.

use std::sync::LazyLock;

use redis::{Script, ScriptInvocation};

use super::PREFIX;

macro_rules! scripts {
    ($($(#[$docs:meta])* $name:ident = $file:literal;)*) => {$(
        $(#[$docs])*
        pub(super) fn $name() -> ScriptInvocation<'static> {
            static SCRIPT: LazyLock<Script> = LazyLock::new(|| {
                let common = include_str!("scripts/common.lua");
                Script::new(&format!("{common}{}", include_str!(concat!("scripts/", $file))))
            });
            SCRIPT.key(PREFIX)
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
    stats = "stats.lua";
    submit = "submit.lua";
    sweep = "sweep.lua";
    unreadable = "unreadable.lua";
}
