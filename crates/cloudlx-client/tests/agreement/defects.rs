//! Requests with one defect each: the rule table's bad examples, and the documentation's request with one change.

use cloudlx_validate::Rule;
use serde_json::{Value, json};

/// A document, and its defect.
pub(crate) struct Defect {
    pub(crate) document: String,
    pub(crate) pointer: String,
    pub(crate) rule: Rule,
}

/// All defects.
pub(crate) fn all() -> Vec<Defect> {
    let examples = Rule::ALL.iter().map(|rule| Defect {
        document: rule.info().bad.to_owned(),
        pointer: rule.info().bad_pointer.to_owned(),
        rule: *rule,
    });
    examples
        .chain(codes())
        .chain(texts())
        .chain(ids())
        .chain(types())
        .chain(fields())
        .chain(syntax())
        .collect()
}

fn page() -> Value {
    serde_json::from_str(super::PAGE).expect("JSON")
}

/// The documentation's request with `field` set to `value`, which violates `rule` at `below` the field.
fn set(field: &str, value: impl Into<Value>, below: &str, rule: Rule) -> Defect {
    let mut document = page();
    document[field] = value.into();
    Defect { document: document.to_string(), pointer: format!("/{field}{below}"), rule }
}

fn codes() -> impl Iterator<Item = Defect> {
    let words = |rule, field: &'static str, codes: &'static str| {
        codes.split('|').map(move |code| set(field, code, "", rule))
    };
    words(Rule::CurrencyFormat, "currency_iso", "|GB|gbp|Gbp|GBPX|£|G P|ＧＢＰ|GBP |826|Pound")
        .chain(words(Rule::CurrencyUnknown, "currency_iso", "QQQ|GBX|GBR|AAA|ZZZ|USX|BTC|CNH|RMB"))
        .chain(words(
            Rule::CurrencyWithdrawn,
            "currency_iso",
            "HRK|BGN|ANG|SLL|ZWL|CUC|DEM|FRF|ITL|ESP|NLG|LTL|LVL|EEK|VEF|BYR|MRO|STD|ZMK|GHC|TRL|ROL",
        ))
        .chain(words(
            Rule::CurrencyNotBillable,
            "currency_iso",
            "XXX|XTS|XAU|XAG|XPT|XPD|XDR|XSU|XUA|XBA|XBB|XBC|XBD|BOV|CHE|CHW|CLF|COU|MXV|USN|UYI|UYW",
        ))
        .chain(words(Rule::CountryFormat, "country_iso", "|GBR|gb|Gb|G|826|United Kingdom|GB |ＧＢ|G\u{0}"))
        .chain(words(
            Rule::CountryUnknown,
            "country_iso",
            "UK|EL|EU|XK|QQ|ZZ|AA|AN|SU|YU|CS|DD|TP|ZR|BU|FX|IC|EA",
        ))
}

fn texts() -> impl Iterator<Item = Defect> {
    let blanks = ["", " ", "\u{a0}", "\u{3000}\u{2009}"];
    let names = ["name", "first_name", "last_name", "role_group"];
    let blank = names.into_iter().flat_map(move |name| blanks.map(|text| set(name, text, "", Rule::Blank)));
    let control = ["a\nb", "a\tb", "\u{0}a", "a\u{7f}", "a\u{85}b", "a\r\nb\r\n"]
        .map(|name| set("name", name, "", Rule::ControlCharacter));
    let long = ["x".repeat(256), "é".repeat(256), "x".repeat(10_000)]
        .map(|name| set("name", name, "", Rule::TooLong));
    let emails = [
        "",
        "@",
        "a",
        "a@",
        "@b",
        "a b@c",
        "a@b c",
        "a@-b",
        "a@b-",
        "a@b..c",
        "a@.b",
        "a@b.",
        "a@b@c",
        "é@b",
        "a@é",
        "a@b\n",
        " a@b",
        "\"a\"@b",
        "a@[127.0.0.1]",
        "mailto:a@b",
        "a@b,c@d",
        "John <j@example.com>",
    ];
    blank.chain(control).chain(long).chain(emails.map(|email| set("email", email, "", Rule::EmailFormat)))
}

fn ids() -> impl Iterator<Item = Defect> {
    const MAX: u64 = 9_007_199_254_740_991;
    let arrays = [("realms", json!([2])), ("shown_sub_realms", json!([313, 328]))];
    let broken = arrays.into_iter().flat_map(|(field, good)| {
        let with = |id: Value, at: &str, rule| {
            let mut ids = good.clone();
            ids.as_array_mut().expect("an array").push(id);
            set(field, ids, at, rule)
        };
        let (last, known) = (format!("/{}", good.as_array().expect("an array").len()), good[0].clone());
        let unknown = if field == "realms" { Rule::RealmUnknown } else { Rule::SubRealmUnknown };
        let mut defects = vec![with(known, &last, Rule::RepeatedId)];
        let out_of_range = [json!(0), json!(-1), json!(MAX + 1), json!(u64::MAX), json!(1e20), json!(-1e300)];
        defects.extend(out_of_range.map(|id| with(id, &last, Rule::IdOutOfRange)));
        defects.extend([json!(3), json!(999), json!(MAX)].map(|id| with(id, &last, unknown)));
        let wrong = [json!("7"), json!(1.5), json!(null), json!(true), json!([1]), json!({"id": 1})];
        defects.extend(wrong.map(|id| with(id, &last, Rule::WrongType)));
        defects
    });
    let mut enabled = vec![set("enabled_sub_realms", json!([328, 313, 328]), "/2", Rule::RepeatedId)];
    enabled.push(set("shown_sub_realms", json!([328]), "", Rule::SubRealmNotShown));
    enabled.push(set("shown_sub_realms", json!([]), "", Rule::SubRealmNotShown));
    enabled.push(set("shown_sub_realms", Value::Null, "", Rule::SubRealmNotShown));
    for defect in enabled.iter_mut().skip(1) {
        "/enabled_sub_realms/0".clone_into(&mut defect.pointer);
    }
    broken.chain(enabled)
}

fn types() -> impl Iterator<Item = Defect> {
    let texts = ["name", "currency_iso", "country_iso", "email", "first_name", "last_name", "role_group"];
    let no_texts = [json!(1), json!(true), json!(["x"]), json!({"x": "y"})];
    let texts = texts
        .into_iter()
        .flat_map(move |field| no_texts.clone().map(|it| set(field, it, "", Rule::WrongType)));
    let arrays = ["realms", "shown_sub_realms", "enabled_sub_realms"];
    let no_arrays = [json!(1), json!("1,2"), json!({"0": 1}), json!(false)];
    let arrays = arrays
        .into_iter()
        .flat_map(move |field| no_arrays.clone().map(|it| set(field, it, "", Rule::WrongType)));
    let required =
        ["name", "currency_iso", "country_iso", "realms"].map(|it| set(it, Value::Null, "", Rule::WrongType));
    let whole = ["null", "1", "true", "\"text\"", "[]", "[{}]"];
    let whole =
        whole.map(|text| Defect { document: text.to_owned(), pointer: String::new(), rule: Rule::WrongType });
    texts.chain(arrays).chain(required).chain(whole)
}

fn fields() -> impl Iterator<Item = Defect> {
    let missing = ["name", "currency_iso", "country_iso", "realms"].map(|field| {
        let mut document = page();
        document.as_object_mut().expect("an object").remove(field);
        Defect { document: document.to_string(), pointer: format!("/{field}"), rule: Rule::MissingField }
    });
    let unknown = ["currency_is0", "currencyIso", "id", "Name", "sub_realms", "phone", "", "e-mail"]
        .map(|field| set(field, "x", "", Rule::UnknownField));
    let page = page();
    let names: Vec<_> = page.as_object().expect("an object").keys().cloned().collect();
    let repeated = names.into_iter().map(move |name| {
        let text = page.to_string();
        let document = format!("{},\"{name}\":{}}}", text.trim_end_matches('}'), page[name.as_str()]);
        Defect { document, pointer: format!("/{name}"), rule: Rule::RepeatedField }
    });
    missing.into_iter().chain(unknown).chain(repeated)
}

fn syntax() -> impl Iterator<Item = Defect> {
    let text = page().to_string();
    let broken = [
        String::new(),
        " ".to_owned(),
        "{".to_owned(),
        text[..text.len() - 1].to_owned(),
        text[..text.len() / 2].to_owned(),
        format!("{text}}}"),
        format!("{text}{text}"),
        format!("\u{feff}{text}"),
        format!("// a comment\n{text}"),
        text.replacen(':', "=", 1),
        text.replacen(',', ",,", 1),
        text.replace('}', ",}"),
        text.replace('"', "'"),
        text.replace("[313]", "[313,]"),
        text.replace("[313]", "[0313]"),
        text.replace("[313]", "[+313]"),
        text.replace("[313]", "[NaN]"),
        text.replace("Example", "Exam\\ple"),
        text.replace("Example", "Exam\nple"),
        text.replace("Example", "\\ud800"),
    ];
    broken.into_iter().map(|document| Defect { document, pointer: String::new(), rule: Rule::JsonSyntax })
}
