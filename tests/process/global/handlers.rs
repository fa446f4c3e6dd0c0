//! More handlers than a label has room for values from outside.

use std::{
    io,
    time::{Duration, SystemTime},
};

use osapi_metrics::instrumented_job;

/// A handler that succeeds or fails.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handler {
    pub(crate) name: &'static str,
    pub(crate) run: fn(bool) -> io::Result<usize>,
}

fn second_ago() -> SystemTime {
    SystemTime::now() - Duration::from_secs(1)
}

macro_rules! handlers {
    ($($name:tt)*) => {
        pub(crate) const HANDLERS: &[Handler] = &[$({
            #[instrumented_job(
                name = $name,
                queued_at = second_ago(),
                attempt = 2,
                final_attempt = true,
                output_size = |size: &usize| *size,
            )]
            fn handler(succeeds: bool) -> io::Result<usize> {
                if succeeds { Ok(100) } else { Err(io::ErrorKind::NotFound.into()) }
            }
            Handler { name: $name, run: handler }
        }),*];
    };
}

handlers! {
    "declared.000" "declared.001" "declared.002" "declared.003" "declared.004"
    "declared.005" "declared.006" "declared.007" "declared.008" "declared.009"
    "declared.010" "declared.011" "declared.012" "declared.013" "declared.014"
    "declared.015" "declared.016" "declared.017" "declared.018" "declared.019"
    "declared.020" "declared.021" "declared.022" "declared.023" "declared.024"
    "declared.025" "declared.026" "declared.027" "declared.028" "declared.029"
    "declared.030" "declared.031" "declared.032" "declared.033" "declared.034"
    "declared.035" "declared.036" "declared.037" "declared.038" "declared.039"
    "declared.040" "declared.041" "declared.042" "declared.043" "declared.044"
    "declared.045" "declared.046" "declared.047" "declared.048" "declared.049"
    "declared.050" "declared.051" "declared.052" "declared.053" "declared.054"
    "declared.055" "declared.056" "declared.057" "declared.058" "declared.059"
    "declared.060" "declared.061" "declared.062" "declared.063" "declared.064"
    "declared.065" "declared.066" "declared.067" "declared.068" "declared.069"
    "declared.070" "declared.071" "declared.072" "declared.073" "declared.074"
    "declared.075" "declared.076" "declared.077" "declared.078" "declared.079"
    "declared.080" "declared.081" "declared.082" "declared.083" "declared.084"
    "declared.085" "declared.086" "declared.087" "declared.088" "declared.089"
    "declared.090" "declared.091" "declared.092" "declared.093" "declared.094"
    "declared.095" "declared.096" "declared.097" "declared.098" "declared.099"
    "declared.100" "declared.101" "declared.102" "declared.103" "declared.104"
    "declared.105" "declared.106" "declared.107" "declared.108" "declared.109"
    "declared.110" "declared.111" "declared.112" "declared.113" "declared.114"
    "declared.115" "declared.116" "declared.117" "declared.118" "declared.119"
    "declared.120" "declared.121" "declared.122" "declared.123" "declared.124"
    "declared.125" "declared.126" "declared.127" "declared.128" "declared.129"
    "declared.130" "declared.131" "declared.132" "declared.133" "declared.134"
    "declared.135" "declared.136" "declared.137" "declared.138" "declared.139"
    "declared.140" "declared.141" "declared.142" "declared.143" "declared.144"
    "declared.145" "declared.146" "declared.147" "declared.148" "declared.149"
    "declared.150" "declared.151" "declared.152" "declared.153" "declared.154"
    "declared.155" "declared.156" "declared.157" "declared.158" "declared.159"
    "declared.160" "declared.161" "declared.162" "declared.163" "declared.164"
    "declared.165" "declared.166" "declared.167" "declared.168" "declared.169"
    "declared.170" "declared.171" "declared.172" "declared.173" "declared.174"
    "declared.175" "declared.176" "declared.177" "declared.178" "declared.179"
    "declared.180" "declared.181" "declared.182" "declared.183" "declared.184"
    "declared.185" "declared.186" "declared.187" "declared.188" "declared.189"
    "declared.190" "declared.191" "declared.192" "declared.193" "declared.194"
    "declared.195" "declared.196" "declared.197" "declared.198" "declared.199"
    "declared.200" "declared.201" "declared.202" "declared.203" "declared.204"
    "declared.205" "declared.206" "declared.207" "declared.208" "declared.209"
    "declared.210" "declared.211" "declared.212" "declared.213" "declared.214"
    "declared.215" "declared.216" "declared.217" "declared.218" "declared.219"
    "declared.220" "declared.221" "declared.222" "declared.223" "declared.224"
    "declared.225" "declared.226" "declared.227" "declared.228" "declared.229"
    "declared.230" "declared.231" "declared.232" "declared.233" "declared.234"
    "declared.235" "declared.236" "declared.237" "declared.238" "declared.239"
    "declared.240" "declared.241" "declared.242" "declared.243" "declared.244"
    "declared.245" "declared.246" "declared.247" "declared.248" "declared.249"
    "declared.250" "declared.251" "declared.252" "declared.253" "declared.254"
    "declared.255" "declared.256" "declared.257" "declared.258" "declared.259"
}
