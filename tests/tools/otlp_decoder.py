"""Reads a request of OTLP from standard input and prints each point on a line, or what is wrong with the request.

The argument is the encoding, `protobuf` or `json`, or `available` to see only whether the package is there.
"""

import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest


def attributes(entries):
    values = {entry.key: getattr(entry.value, entry.value.WhichOneof("value")) for entry in entries}
    return ",".join(f"{key}={value}" for key, value in sorted(values.items()))


def shown(kind, point):
    if kind in ("gauge", "sum"):
        return repr(float(getattr(point, point.WhichOneof("value"))))
    buckets = ",".join(map(str, point.bucket_counts))
    bounds = ",".join(map(repr, point.explicit_bounds))
    return f"{point.count} {point.sum!r} [{buckets}] [{bounds}]"


def points(request):
    for resource in request.resource_metrics:
        assert resource.resource.attributes, "the resource has no attributes"
        for scope in resource.scope_metrics:
            assert scope.scope.name, "the scope has no name"
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                data = getattr(metric, kind)
                of_metric = f" [{attributes(metric.metadata)}]" if metric.metadata else ""
                for point in data.data_points:
                    assert point.time_unix_nano >= point.start_time_unix_nano, metric
                    temporality = getattr(data, "aggregation_temporality", 0)
                    name = f"{metric.name} {kind} {temporality} {{{attributes(point.attributes)}}}{of_metric}"
                    yield f"{name} {shown(kind, point)}"


encoding = sys.argv[1]
if encoding != "available":
    request = ExportMetricsServiceRequest()
    if encoding == "json":
        json_format.Parse(sys.stdin.buffer.read(), request)
    else:
        request.ParseFromString(sys.stdin.buffer.read())
    sys.stdout.reconfigure(encoding="utf-8")
    print("\n".join(points(request)))
