//! Requests in JSON, as OTLP defines it on top of protobuf's JSON mapping: names in camel case,
//! integers of 64 bits as texts, enumerations as numbers, numbers that JSON does not have as texts.
//! A field with its default value may be left out.

use std::fmt;

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value},
    metrics::v1::{
        Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge, Histogram,
        HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, exemplar,
        exponential_histogram_data_point::Buckets, metric::Data, number_data_point,
    },
    resource::v1::Resource,
};
use serde::{Serialize, Serializer, ser::SerializeMap};

/// A message in OTLP's JSON.
pub(super) struct Json<T>(pub(super) T);

/// Messages in OTLP's JSON.
struct JsonList<'a, T>(&'a [T]);

impl<'a, T> Serialize for JsonList<'a, T>
where
    Json<&'a T>: Serialize,
{
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(Json))
    }
}

/// A message, field by field.
struct Fields<M>(M);

impl<M: SerializeMap> Fields<M> {
    fn add(&mut self, name: &'static str, value: &impl Serialize) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }

    /// An empty text is the default.
    fn text(&mut self, name: &'static str, text: &str) -> Result<(), M::Error> {
        if text.is_empty() { Ok(()) } else { self.add(name, &text) }
    }

    fn list<'a, T>(&mut self, name: &'static str, list: &'a [T]) -> Result<(), M::Error>
    where
        Json<&'a T>: Serialize,
    {
        if list.is_empty() { Ok(()) } else { self.add(name, &JsonList(list)) }
    }

    fn message<T>(&mut self, name: &'static str, message: Option<T>) -> Result<(), M::Error>
    where
        Json<T>: Serialize,
    {
        message.map_or(Ok(()), |message| self.add(name, &Json(message)))
    }

    fn long(&mut self, name: &'static str, number: u64) -> Result<(), M::Error> {
        self.add(name, &Long(number))
    }

    /// The id of a trace or a span, in hexadecimal digits.
    fn id(&mut self, name: &'static str, id: &[u8]) -> Result<(), M::Error> {
        if id.is_empty() { Ok(()) } else { self.add(name, &Hexadecimal(id)) }
    }

    fn double(&mut self, name: &'static str, number: Option<f64>) -> Result<(), M::Error> {
        number.map_or(Ok(()), |number| self.add(name, &Double(number)))
    }
}

/// An integer of 64 bits.
struct Long<T>(T);

impl<T: ToString> Serialize for Long<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0.to_string())
    }
}

struct Double(f64);

impl Serialize for Double {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            f64::INFINITY => to.serialize_str("Infinity"),
            f64::NEG_INFINITY => to.serialize_str("-Infinity"),
            number if number.is_nan() => to.serialize_str("NaN"),
            number => to.serialize_f64(number),
        }
    }
}

struct Hexadecimal<'a>(&'a [u8]);

impl Serialize for Hexadecimal<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

struct Longs<'a>(&'a [u64]);

impl Serialize for Longs<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(Long))
    }
}

struct Doubles<'a>(&'a [f64]);

impl Serialize for Doubles<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().copied().map(Double))
    }
}

/// Serializes a message as the fields that the closure writes.
macro_rules! json {
    ($message:ty, |$of:ident, $fields:ident| $($field:expr;)*) => {
        impl Serialize for Json<&$message> {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let ($of, mut $fields) = (self.0, Fields(to.serialize_map(None)?));
                $($field?;)*
                $fields.0.end()
            }
        }
    };
}

json!(ExportMetricsServiceRequest, |of, fields|
    fields.list("resourceMetrics", &of.resource_metrics);
);

json!(ResourceMetrics, |of, fields|
    fields.message("resource", of.resource.as_ref());
    fields.add("scopeMetrics", &JsonList(&of.scope_metrics));
    fields.text("schemaUrl", &of.schema_url);
);

json!(Resource, |of, fields|
    fields.list("attributes", &of.attributes);
);

json!(ScopeMetrics, |of, fields|
    fields.message("scope", of.scope.as_ref());
    fields.add("metrics", &JsonList(&of.metrics));
    fields.text("schemaUrl", &of.schema_url);
);

json!(InstrumentationScope, |of, fields|
    fields.text("name", &of.name);
    fields.text("version", &of.version);
    fields.list("attributes", &of.attributes);
);

json!(Metric, |of, fields|
    fields.text("name", &of.name);
    fields.text("description", &of.description);
    fields.text("unit", &of.unit);
    match &of.data {
        Some(Data::Gauge(gauge)) => fields.message("gauge", Some(gauge)),
        Some(Data::Sum(sum)) => fields.message("sum", Some(sum)),
        Some(Data::Histogram(histogram)) => fields.message("histogram", Some(histogram)),
        Some(Data::ExponentialHistogram(histogram)) => {
            fields.message("exponentialHistogram", Some(histogram))
        }
        // The exporter has no summaries.
        Some(Data::Summary(_)) | None => Ok(()),
    };
    fields.list("metadata", &of.metadata);
);

json!(Gauge, |of, fields|
    fields.add("dataPoints", &JsonList(&of.data_points));
);

json!(Sum, |of, fields|
    fields.add("dataPoints", &JsonList(&of.data_points));
    fields.add("aggregationTemporality", &of.aggregation_temporality);
    fields.add("isMonotonic", &of.is_monotonic);
);

json!(Histogram, |of, fields|
    fields.add("dataPoints", &JsonList(&of.data_points));
    fields.add("aggregationTemporality", &of.aggregation_temporality);
);

json!(ExponentialHistogram, |of, fields|
    fields.add("dataPoints", &JsonList(&of.data_points));
    fields.add("aggregationTemporality", &of.aggregation_temporality);
);

json!(NumberDataPoint, |of, fields|
    fields.list("attributes", &of.attributes);
    fields.long("startTimeUnixNano", of.start_time_unix_nano);
    fields.long("timeUnixNano", of.time_unix_nano);
    match of.value {
        Some(number_data_point::Value::AsInt(number)) => fields.add("asInt", &Long(number)),
        Some(number_data_point::Value::AsDouble(number)) => fields.add("asDouble", &Double(number)),
        None => Ok(()),
    };
    fields.list("exemplars", &of.exemplars);
);

json!(HistogramDataPoint, |of, fields|
    fields.list("attributes", &of.attributes);
    fields.long("startTimeUnixNano", of.start_time_unix_nano);
    fields.long("timeUnixNano", of.time_unix_nano);
    fields.long("count", of.count);
    fields.double("sum", of.sum);
    fields.add("bucketCounts", &Longs(&of.bucket_counts));
    fields.add("explicitBounds", &Doubles(&of.explicit_bounds));
    fields.double("min", of.min);
    fields.double("max", of.max);
    fields.list("exemplars", &of.exemplars);
);

json!(Exemplar, |of, fields|
    fields.list("filteredAttributes", &of.filtered_attributes);
    fields.long("timeUnixNano", of.time_unix_nano);
    fields.id("spanId", &of.span_id);
    fields.id("traceId", &of.trace_id);
    match of.value {
        Some(exemplar::Value::AsInt(number)) => fields.add("asInt", &Long(number)),
        Some(exemplar::Value::AsDouble(number)) => fields.add("asDouble", &Double(number)),
        None => Ok(()),
    };
);

json!(ExponentialHistogramDataPoint, |of, fields|
    fields.list("attributes", &of.attributes);
    fields.long("startTimeUnixNano", of.start_time_unix_nano);
    fields.long("timeUnixNano", of.time_unix_nano);
    fields.long("count", of.count);
    fields.double("sum", of.sum);
    fields.add("scale", &of.scale);
    fields.long("zeroCount", of.zero_count);
    fields.message("positive", of.positive.as_ref());
    fields.message("negative", of.negative.as_ref());
    fields.double("min", of.min);
    fields.double("max", of.max);
    fields.double("zeroThreshold", Some(of.zero_threshold));
    fields.list("exemplars", &of.exemplars);
);

json!(Buckets, |of, fields|
    fields.add("offset", &of.offset);
    fields.add("bucketCounts", &Longs(&of.bucket_counts));
);

json!(KeyValue, |of, fields|
    fields.add("key", &of.key);
    fields.message("value", of.value.as_ref());
);

json!(AnyValue, |of, fields|
    match &of.value {
        Some(Value::StringValue(text)) => fields.add("stringValue", text),
        Some(Value::BoolValue(flag)) => fields.add("boolValue", flag),
        Some(Value::IntValue(number)) => fields.add("intValue", &Long(number)),
        Some(Value::DoubleValue(number)) => fields.add("doubleValue", &Double(*number)),
        Some(Value::ArrayValue(array)) => {
            fields.add("arrayValue", &ArrayFields { values: JsonList(&array.values) })
        }
        // Attributes of metrics have no other types.
        _ => Ok(()),
    };
);

#[derive(Serialize)]
struct ArrayFields<'a> {
    values: JsonList<'a, AnyValue>,
}
