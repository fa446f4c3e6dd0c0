//! The names of commands.

use redis::{Arg, Cmd};

/// The value for a command that is not among the known ones.
const OTHER: &str = "OTHER";

/// The length of the longest known name.
const LONGEST: usize = 20;

/// The commands of Redis 8 and of its modules for JSON, search, time series and Bloom filters, in
/// the order of their bytes. The set is closed, because a label must have few values.
#[rustfmt::skip]
const COMMANDS: [&str; 316] = [
    "ACL", "APPEND", "ASKING", "AUTH", "BF.ADD", "BF.CARD", "BF.EXISTS", "BF.INFO", "BF.INSERT",
    "BF.LOADCHUNK", "BF.MADD", "BF.MEXISTS", "BF.RESERVE", "BF.SCANDUMP", "BGREWRITEAOF", "BGSAVE",
    "BITCOUNT", "BITFIELD", "BITFIELD_RO", "BITOP", "BITPOS", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP",
    "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "CLIENT", "CLUSTER", "COMMAND", "CONFIG",
    "COPY", "DBSIZE", "DEBUG", "DECR", "DECRBY", "DEL", "DELEX", "DIGEST", "DISCARD", "DUMP",
    "ECHO", "EVAL", "EVALSHA", "EVALSHA_RO", "EVAL_RO", "EXEC", "EXISTS", "EXPIRE", "EXPIREAT",
    "EXPIRETIME", "FAILOVER", "FCALL", "FCALL_RO", "FLUSHALL", "FLUSHDB", "FT.AGGREGATE",
    "FT.ALTER", "FT.CREATE", "FT.CURSOR", "FT.DROPINDEX", "FT.EXPLAIN", "FT.INFO", "FT.SEARCH",
    "FT.TAGVALS", "FT._LIST", "FUNCTION", "GEOADD", "GEODIST", "GEOHASH", "GEOPOS", "GEORADIUS",
    "GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO", "GEORADIUS_RO", "GEOSEARCH", "GEOSEARCHSTORE",
    "GET", "GETBIT", "GETDEL", "GETEX", "GETRANGE", "GETSET", "HDEL", "HELLO", "HEXISTS", "HEXPIRE",
    "HEXPIREAT", "HEXPIRETIME", "HGET", "HGETALL", "HGETDEL", "HGETEX", "HINCRBY", "HINCRBYFLOAT",
    "HKEYS", "HLEN", "HMGET", "HMSET", "HPERSIST", "HPEXPIRE", "HPEXPIREAT", "HPEXPIRETIME",
    "HPTTL", "HRANDFIELD", "HSCAN", "HSET", "HSETEX", "HSETNX", "HSTRLEN", "HTTL", "HVALS", "INCR",
    "INCRBY", "INCRBYFLOAT", "INFO", "JSON.ARRAPPEND", "JSON.ARRINDEX", "JSON.ARRINSERT",
    "JSON.ARRLEN", "JSON.ARRPOP", "JSON.ARRTRIM", "JSON.CLEAR", "JSON.DEL", "JSON.GET",
    "JSON.MERGE", "JSON.MGET", "JSON.MSET", "JSON.NUMINCRBY", "JSON.NUMMULTBY", "JSON.OBJKEYS",
    "JSON.OBJLEN", "JSON.RESP", "JSON.SET", "JSON.STRAPPEND", "JSON.STRLEN", "JSON.TOGGLE",
    "JSON.TYPE", "KEYS", "LASTSAVE", "LATENCY", "LCS", "LINDEX", "LINSERT", "LLEN", "LMOVE",
    "LMPOP", "LOLWUT", "LPOP", "LPOS", "LPUSH", "LPUSHX", "LRANGE", "LREM", "LSET", "LTRIM",
    "MEMORY", "MGET", "MIGRATE", "MODULE", "MONITOR", "MOVE", "MSET", "MSETEX", "MSETNX", "MULTI",
    "OBJECT", "PERSIST", "PEXPIRE", "PEXPIREAT", "PEXPIRETIME", "PFADD", "PFCOUNT", "PFMERGE",
    "PING", "PSETEX", "PSUBSCRIBE", "PTTL", "PUBLISH", "PUBSUB", "PUNSUBSCRIBE", "QUIT",
    "RANDOMKEY", "READONLY", "READWRITE", "RENAME", "RENAMENX", "REPLICAOF", "RESET", "RESTORE",
    "ROLE", "RPOP", "RPOPLPUSH", "RPUSH", "RPUSHX", "SADD", "SAVE", "SCAN", "SCARD", "SCRIPT",
    "SDIFF", "SDIFFSTORE", "SELECT", "SET", "SETBIT", "SETEX", "SETNX", "SETRANGE", "SHUTDOWN",
    "SINTER", "SINTERCARD", "SINTERSTORE", "SISMEMBER", "SLOWLOG", "SMEMBERS", "SMISMEMBER",
    "SMOVE", "SORT", "SORT_RO", "SPOP", "SPUBLISH", "SRANDMEMBER", "SREM", "SSCAN", "SSUBSCRIBE",
    "STRLEN", "SUBSCRIBE", "SUNION", "SUNIONSTORE", "SUNSUBSCRIBE", "SWAPDB", "TIME", "TOUCH",
    "TS.ADD", "TS.CREATE", "TS.GET", "TS.INFO", "TS.MADD", "TS.MGET", "TS.MRANGE", "TS.QUERYINDEX",
    "TS.RANGE", "TS.REVRANGE", "TTL", "TYPE", "UNLINK", "UNSUBSCRIBE", "UNWATCH", "VADD", "VCARD",
    "VDIM", "VEMB", "VGETATTR", "VINFO", "VISMEMBER", "VLINKS", "VRANDMEMBER", "VRANGE", "VREM",
    "VSETATTR", "VSIM", "WAIT", "WAITAOF", "WATCH", "XACK", "XACKDEL", "XADD", "XAUTOCLAIM",
    "XCFGSET", "XCLAIM", "XDEL", "XDELEX", "XGROUP", "XINFO", "XLEN", "XPENDING", "XRANGE", "XREAD",
    "XREADGROUP", "XREVRANGE", "XSETID", "XTRIM", "ZADD", "ZCARD", "ZCOUNT", "ZDIFF", "ZDIFFSTORE",
    "ZINCRBY", "ZINTER", "ZINTERCARD", "ZINTERSTORE", "ZLEXCOUNT", "ZMPOP", "ZMSCORE", "ZPOPMAX",
    "ZPOPMIN", "ZRANDMEMBER", "ZRANGE", "ZRANGEBYLEX", "ZRANGEBYSCORE", "ZRANGESTORE", "ZRANK",
    "ZREM", "ZREMRANGEBYLEX", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZREVRANGE", "ZREVRANGEBYLEX",
    "ZREVRANGEBYSCORE", "ZREVRANK", "ZSCAN", "ZSCORE", "ZUNION", "ZUNIONSTORE",
];

/// The name of a command in upper case, or `OTHER` for a command that is not known. The arguments
/// of the command are not looked at, so `CLIENT INFO` is `CLIENT`.
pub(super) fn name(command: &Cmd) -> &'static str {
    match command.args_iter().next() {
        Some(Arg::Simple(name)) => known(name),
        _ => OTHER,
    }
}

fn known(name: &[u8]) -> &'static str {
    let mut buffer = [0; LONGEST];
    let Some(upper) = buffer.get_mut(..name.len()) else { return OTHER };
    upper.copy_from_slice(name);
    upper.make_ascii_uppercase();
    let found = COMMANDS.binary_search_by(|known| known.as_bytes().cmp(upper));
    found.map_or(OTHER, |index| COMMANDS[index])
}

#[cfg(test)]
mod tests {
    use redis::{Cmd, cmd};

    use super::{COMMANDS, LONGEST, known, name};

    #[test]
    fn each_known_command_is_found() {
        assert!(COMMANDS.is_sorted());
        assert_eq!(COMMANDS.iter().map(|name| name.len()).max(), Some(LONGEST));
        for command in COMMANDS {
            assert_eq!(known(command.as_bytes()), command);
            assert_eq!(known(command.to_lowercase().as_bytes()), command);
        }
    }

    #[test]
    fn other_commands_share_one_name() {
        let long = "GET".repeat(100);
        for other in ["", " ", "GETT", "GE", "get ", "müll", "CUSTOM.COMMAND", &long] {
            assert_eq!(known(other.as_bytes()), "OTHER", "{other}");
        }
        assert_eq!(known(b"\xff\x00"), "OTHER");
        assert_eq!(name(&Cmd::new()), "OTHER");
        assert_eq!(name(Cmd::new().cursor_arg(0)), "OTHER");
        assert_eq!(name(cmd("hGet").arg("SET").arg("GET")), "HGET");
    }
}
