use std::ffi::OsString;

use super::*;

/// The variables of the specification's table, and some of ours.
const VARIABLES: &[(&str, &str)] = &[
    ("STRING_VALUE", "value"),
    ("BOOL_VALUE", "true"),
    ("INT_VALUE", "1"),
    ("FLOAT_VALUE", "1.1"),
    ("HEX_VALUE", "0xdeadbeef"),
    ("INVALID_MAP_VALUE", "value\nkey:value"),
    ("DO_NOT_REPLACE_ME", "Never use this value"),
    ("REPLACE_ME", "${DO_NOT_REPLACE_ME}"),
    ("VALUE_WITH_ESCAPE", "value$$"),
    ("EMPTY", ""),
    ("A", "${B}"),
    ("B", "${A}"),
    ("TABLE", "{a: b}"),
    ("LIST", "[1]"),
    ("COMMENT", "5 # five"),
    ("TAGGED", "!!int 5"),
    ("ANCHOR", "&a"),
];

/// The value of an attribute with this type, written as this.
fn value(kind: &str, written: &str) -> Result<Option<ResourceValue>, ConfigError> {
    let text = with_keys(&format!(
        "disabled: true, resource: {{ attributes: [{{ name: key, type: {kind}, value: {written} }}] }}"
    ));
    read(&text, VARIABLES).map(|mut config| config.resource.remove("key"))
}

/// The table of the specification, by its resolved types.
#[test]
fn values_are_substituted_as_the_specification_says() -> TestResult {
    for (written, expected) in [
        ("'${STRING_VALUE}'", "value"),
        ("\"${STRING_VALUE}\"", "value"),
        ("\"${BOOL_VALUE}\"", "true"),
        ("\"${INT_VALUE}\"", "1"),
        ("\"${FLOAT_VALUE}\"", "1.1"),
        ("\"${HEX_VALUE}\"", "0xdeadbeef"),
        ("\"${env:STRING_VALUE}\"", "value"),
        ("\"${INVALID_MAP_VALUE}\"", "value\nkey:value"),
        ("\"foo ${STRING_VALUE} ${FLOAT_VALUE}\"", "foo value 1.1"),
        ("\"${UNDEFINED_KEY:-fallback}\"", "fallback"),
        ("\"${EMPTY:-fallback}\"", "fallback"),
        ("\"${UNDEFINED_KEY:-}x\"", "x"),
        ("\"${REPLACE_ME}\"", "${DO_NOT_REPLACE_ME}"),
        ("\"${UNDEFINED_KEY:-${STRING_VALUE}}\"", "${STRING_VALUE}"),
        ("\"$${STRING_VALUE}\"", "${STRING_VALUE}"),
        ("\"$$${STRING_VALUE}\"", "$value"),
        ("\"$$$${STRING_VALUE}\"", "$${STRING_VALUE}"),
        ("\"$${STRING_VALUE:-fallback}\"", "${STRING_VALUE:-fallback}"),
        ("\"$${STRING_VALUE:-${STRING_VALUE}}\"", "${STRING_VALUE:-value}"),
        ("\"${UNDEFINED_KEY:-$${UNDEFINED_KEY}}\"", "${UNDEFINED_KEY:-${UNDEFINED_KEY}}"),
        ("\"${VALUE_WITH_ESCAPE}\"", "value$$"),
        ("\"a $$ b\"", "a $ b"),
        ("\"a $ b\"", "a $ b"),
        ("\"${STRING_VALUE\"", "${STRING_VALUE"),
        ("\"{STRING_VALUE} $STRING_VALUE\"", "{STRING_VALUE} $STRING_VALUE"),
    ] {
        assert_eq!(value("string", written)?, Some(expected.into()), "{written}");
    }
    Ok(())
}

#[test]
fn a_plain_value_has_the_type_of_what_is_substituted() -> TestResult {
    let block = |written: &str| {
        format!(
            "file_format: '1.0'\ndisabled: true\nresource:\n  attributes:\n    - {{ name: a, value: b }}\n    - name: key\n      {written}\n"
        )
    };
    let value = |written: &str| -> Result<Option<ResourceValue>, ConfigError> {
        Ok(read(&block(written), VARIABLES)?.resource.remove("key"))
    };
    for (written, expected) in [
        ("value: ${STRING_VALUE}", Some("value".into())),
        ("value: ${env:STRING_VALUE}", Some("value".into())),
        ("value: foo ${STRING_VALUE} ${FLOAT_VALUE}", Some("foo value 1.1".into())),
        ("value: ${INVALID_MAP_VALUE}", Some("value\nkey:value".into())),
        ("value: ${REPLACE_ME}", Some("${DO_NOT_REPLACE_ME}".into())),
        // A cycle ends after one step.
        ("value: ${A}", Some("${B}".into())),
        ("value: ${UNDEFINED_KEY}", None),
        ("value: ${EMPTY}", None),
        ("value: ${TABLE}", Some("{a: b}".into())),
        ("value: ${LIST}", Some("[1]".into())),
        ("value: ${COMMENT}", Some("5 # five".into())),
        ("value: ${TAGGED}", Some("!!int 5".into())),
        ("value: ${ANCHOR}", Some("&a".into())),
        ("value: !!str ${INT_VALUE}", Some("1".into())),
        ("value: >-\n        ${INT_VALUE}", Some("1".into())),
        ("value: |\n        ${INT_VALUE}", Some("1\n".into())),
    ] {
        assert_eq!(value(written)?, expected, "{written}");
    }
    for (written, expected) in [
        ("type: bool\n      value: ${BOOL_VALUE}", ResourceValue::Bool(true)),
        ("type: int\n      value: ${INT_VALUE}", ResourceValue::Int(1)),
        ("type: int\n      value: ${HEX_VALUE}", ResourceValue::Int(3_735_928_559)),
        ("type: int\n      value: ${UNDEFINED_KEY:-7}", ResourceValue::Int(7)),
        ("type: int\n      value: ${INT_VALUE}${INT_VALUE}", ResourceValue::Int(11)),
        ("type: double\n      value: ${FLOAT_VALUE}", ResourceValue::Double(1.1)),
        (
            "type: int_array\n      value: \n        - 0\n        - ${INT_VALUE}\n        - 2",
            ResourceValue::Ints(vec![0, 1, 2]),
        ),
        // An alias has what its anchor has.
        ("type: int\n      value: &x ${INT_VALUE}", ResourceValue::Int(1)),
    ] {
        assert_eq!(value(written)?, Some(expected), "{written}");
    }
    Ok(())
}

#[test]
fn keys_and_the_values_of_variables_are_not_substituted() {
    let text = with_keys("disabled: true, resource: { '${STRING_VALUE}': 1 }");
    let found = mistakes(&text, VARIABLES);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("unknown key `resource.${STRING_VALUE}`;"), "{found:?}");
}

#[test]
fn a_reference_that_is_invalid_is_named_with_its_place() {
    for (reference, shown) in [
        ("${STRING_VALUE:?error}", "${STRING_VALUE:?error}"),
        ("${1A}", "${1A}"),
        ("${API_$KEY}", "${API_$KEY}"),
        ("${}", "${}"),
        ("${ A }", "${ A }"),
        ("${file:A}", "${file:A}"),
        ("Bearer secret ${1A:-secret}", "${1A:-…}"),
    ] {
        let text =
            with_keys(&format!("disabled: true, tracer_provider: {{ a: [1, '{reference}'] }}"));
        let found = mistakes(&text, VARIABLES);
        assert_eq!(found.len(), 1, "{found:?}");
        let start = format!("`tracer_provider.a[1]` is {shown:?}; expected `${{VARIABLE}}`");
        assert!(found[0].starts_with(&start), "{}", found[0]);
        assert!(!found[0].contains("secret"), "{}", found[0]);
    }
}

/// A short reference can stand for a long text, and a file can have many of them.
#[test]
fn variables_have_a_limit_in_all() {
    let long = "x".repeat(1024);
    let refer = |references: usize| {
        let text = "${LONG}".repeat(references);
        with_keys(&format!("disabled: true, tracer_provider: {{ a: '{text}', b: '{text}' }}"))
    };
    assert!(read(&refer(512), &[("LONG", &long)]).is_ok());
    for references in [513, 50_000] {
        let found = mistakes(&refer(references), &[("LONG", &long)]);
        assert_eq!(found.len(), 1, "{found:?}");
        let expected = "is \"${LONG}\"; expected variables with at most 1 MiB in all of the file";
        assert!(found[0].contains(expected), "{}", found[0]);
    }
}

/// Nothing else of the file is read, so what is missing then is no mistake.
#[test]
fn all_references_that_are_invalid_are_named() {
    let text = "{ file_format: '${1}', meter_provider: { readers: '${2}' } }";
    let found = mistakes(text, &[]);
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_no_text_is_named() -> TestResult {
    use std::os::unix::ffi::OsStringExt;
    let (_folder, path) = file("otel.yaml", &with_keys("resource: { schema_url: '${X}' }"))?;
    let environment = Environment::from_iter([
        (OsString::from("OTEL_CONFIG_FILE"), path.into_os_string()),
        ("X".into(), OsString::from_vec(vec![0xff])),
    ]);
    let error = MetricsConfig::default().with_environment(&environment).unwrap_err().to_string();
    assert!(error.starts_with("`resource.schema_url` in the file"), "{error}");
    assert!(error.ends_with("a variable whose value is a text in UTF-8"), "{error}");
    Ok(())
}
