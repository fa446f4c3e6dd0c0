use osapi_metrics_rules::prometheus_name;

use crate::{
    attribute::GivenText,
    metric_set::spec::{Group, Metric, Spec},
};

/// The names of the metrics, as a table in Markdown: the documentation of the function that returns
/// the set, which an editor shows where the metrics are recorded. A derive cannot document a field.
pub(super) fn table(Spec { metrics, groups, rules, .. }: &Spec<'_>) -> String {
    let usable = metrics.iter().filter(|metric| metric.is_usable());
    let rows = usable.map(|metric| row(metric, metric.name.is_known(rules)));
    let rows = rows.chain(groups.iter().map(|group| row_of_group(group, rules.prefix.known())));
    let head = "\n| metric | in Prometheus | in OpenTelemetry |\n|---|---|---|\n";
    [head.to_owned()].into_iter().chain(rows).collect()
}

fn row(metric: &Metric<'_>, is_known: bool) -> String {
    let Metric { field, name, instrument, .. } = metric;
    match instrument {
        Some(instrument) if is_known => {
            let rendered = prometheus_name(&name.value, metric.unit_code(), instrument.kind);
            format!("| `{field}` | `{}` | `{}` |\n", rendered.as_str(), name.value)
        }
        _ => format!("| `{field}` | named by a constant | |\n"),
    }
}

/// The macro does not know the metrics of a group.
fn row_of_group(Group { field, part, .. }: &Group<'_>, prefix: Option<&str>) -> String {
    match (prefix, part) {
        (Some(prefix), GivenText::Literal(part)) => {
            let parts = [prefix, &part.value, "…"];
            let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let names = parts.join("_");
            format!("| `{field}.…` | `{names}` | `{names}` |\n")
        }
        _ => format!("| `{field}.…` | named by a constant | |\n"),
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};
    use syn::{Attribute, ImplItem, Item, Meta};

    use crate::metric_set::expand;

    /// The documentation of a function that the derive makes.
    fn documentation(of: &str, expanded: proc_macro2::TokenStream) -> String {
        let file: syn::File = syn::parse2(expanded).expect("items");
        let functions = file.items.into_iter().filter_map(|item| match item {
            Item::Impl(block) if block.trait_.is_none() => Some(block.items),
            _ => None,
        });
        let text = |attribute: &Attribute| match &attribute.meta {
            Meta::NameValue(doc) if doc.path.is_ident("doc") => {
                let text: syn::LitStr = syn::parse2(doc.value.to_token_stream()).ok()?;
                Some(text.value() + "\n")
            }
            _ => None,
        };
        let mut found = functions.flatten().filter_map(|item| match item {
            ImplItem::Fn(function) if function.sig.ident == of => Some(function.attrs),
            _ => None,
        });
        found.next().expect("the function exists").iter().filter_map(text).collect()
    }

    #[test]
    fn groups_are_named_by_their_beginning() {
        let documentation = documentation(
            "global",
            expand(quote! {
                #[metric_set(prefix = "shop")]
                struct Shop {
                    #[metric(group = "read_pool")]
                    read: PoolMetrics,
                    #[metric(group)]
                    cache: CacheMetrics,
                    #[metric(group = "")]
                    other: OtherMetrics,
                }
            }),
        );
        let rows = "| `read.…` | `shop_read_pool_…` | `shop_read_pool_…` |\n\
                    | `cache.…` | `shop_cache_…` | `shop_cache_…` |\n\
                    | `other.…` | `shop_…` | `shop_…` |\n";
        assert!(documentation.contains(rows), "{documentation}");
    }

    #[test]
    fn the_functions_that_return_a_set_are_documented_with_its_names() {
        let set = || {
            expand(quote! {
                #[metric_set(prefix = "shop", scope(labels = Shop))]
                struct Orders {
                    /// Orders placed.
                    placed_total: Counter,
                    /// Time to pay.
                    #[metric(name = "shop.pay.time", unit = "s")]
                    pay: Histogram,
                    /// Orders open.
                    #[metric(name = OPEN)]
                    open: Gauge,
                }
            })
        };
        let table = "\n| metric | in Prometheus | in OpenTelemetry |\n|---|---|---|\n\
                     | `placed_total` | `shop_placed_total` | `shop_placed_total` |\n\
                     | `pay` | `shop_pay_time_seconds` | `shop.pay.time` |\n\
                     | `open` | named by a constant | |\n";
        for function in ["global", "scoped"] {
            let documentation = documentation(function, set());
            assert!(documentation.contains(table), "{documentation}");
        }
    }
}
