//! Whether a server holds a resource just as we would send it, so that it need not be sent: what a server adds of its own does
//! not count, everything else does. Pure.

use serde_json::{Map, Value};

/// Members of `meta` that a server sets, or may keep beside ours.
const SERVERS_META: [&str; 4] = ["versionId", "lastUpdated", "source", "tag"];
/// Members of `meta` whose order says nothing; servers are known to change it.
const UNORDERED: [&str; 2] = ["profile", "security"];
/// The base of a character's number after `&#x`.
const HEXADECIMAL: u32 = 16;

/// Entities of a narrative that stand for a character by name.
const ENTITIES: [(&str, char); 6] =
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{a0}')];

/// Whether what is there (`theirs`) says what `ours` says, which points to others by the server's ids. The id and the server's
/// part of `meta` do not count, nor how a narrative is marked up, nor one that the server made where ours has none.
pub(super) fn is_same(ours: &Value, theirs: &Value) -> bool {
    let (Some(ours), Some(theirs)) = (ours.as_object(), theirs.as_object()) else { return false };
    let counts = |name: &str| !matches!(name, "id" | "meta" | "text");
    let [ours_text, theirs_text] = [ours, theirs].map(|one| one.get("text").unwrap_or(&Value::Null));
    let [ours_meta, theirs_meta] = [ours, theirs].map(|one| one.get("meta").unwrap_or(&Value::Null));
    same_members(ours, theirs, counts) && same_text(ours_text, theirs_text) && same_meta(ours_meta, theirs_meta)
}

/// Servers write narratives anew: attributes in another order, characters as entities or not.
fn same_text(ours: &Value, theirs: &Value) -> bool {
    match (ours["div"].as_str(), theirs["div"].as_str()) {
        (Some(one), Some(other)) => ours["status"] == theirs["status"] && legible(one) == legible(other),
        (None, _) => theirs.is_null() || theirs["status"] == "generated",
        (Some(_), None) => false,
    }
}

/// What is to be read in a narrative: its text, white space folded.
fn legible(div: &str) -> String {
    let mut text = String::with_capacity(div.len());
    for (at, piece) in div.split('<').enumerate() {
        // All but the first begin within a tag.
        let after = if at == 0 { piece } else { piece.split_once('>').map_or("", |(_, after)| after) };
        text.push(' ');
        add_decoded(&mut text, after);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn add_decoded(text: &mut String, piece: &str) {
    let mut rest = piece;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let decoded = after.split_once(';').and_then(|(name, after)| Some((character(name)?, after)));
        rest = if let Some((character, after)) = decoded {
            text.push(character);
            after
        } else {
            text.push('&');
            after
        };
    }
    text.push_str(rest);
}

fn character(name: &str) -> Option<char> {
    match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, HEXADECIMAL),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
        None => ENTITIES.iter().find(|(one, _)| *one == name).map(|(_, character)| *character),
    }
}

fn same_meta(ours: &Value, theirs: &Value) -> bool {
    let none = Map::new();
    let [ours, theirs] = [ours, theirs].map(|meta| meta.as_object().unwrap_or(&none));
    let counts = |name: &str| !SERVERS_META.contains(&name) && !UNORDERED.contains(&name);
    let same_list = |name: &&str| {
        let list = |meta: &Map<String, Value>| meta.get(*name).and_then(Value::as_array).cloned().unwrap_or_default();
        let (ours, theirs) = (list(ours), list(theirs));
        ours.len() == theirs.len() && ours.iter().all(|one| theirs.iter().any(|other| same_label(one, other)))
    };
    same_members(ours, theirs, counts) && UNORDERED.iter().all(same_list)
}

/// A server that keeps labels as codes alone, as HAPI does unless it is told otherwise, drops what else is said of them.
fn same_label(ours: &Value, theirs: &Value) -> bool {
    let mut bare = ours.clone();
    if let (Some(ours), None) = (bare.as_object_mut(), theirs.get("extension")) {
        ours.shift_remove("extension");
    }
    same(&bare, theirs)
}

fn same_members(ours: &Map<String, Value>, theirs: &Map<String, Value>, counts: impl Fn(&str) -> bool) -> bool {
    let counted = |members: &Map<String, Value>| members.keys().filter(|name| counts(name)).count();
    counted(ours) == counted(theirs)
        && ours.iter().filter(|(name, _)| counts(name)).all(|(name, value)| {
            theirs.get(name).is_some_and(|other| {
                if name == "reference" { same_reference(value, other) } else { same(value, other) }
            })
        })
}

fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => same_members(ours, theirs, |_| true),
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(one, other)| same(one, other))
        }
        _ => ours == theirs,
    }
}

/// A server may say in full, or with the version, where a reference of ours leads.
fn same_reference(ours: &Value, theirs: &Value) -> bool {
    let (Some(ours), Some(theirs)) = (ours.as_str(), theirs.as_str()) else { return false };
    let theirs = theirs.split_once("/_history/").map_or(theirs, |(plain, _)| plain);
    theirs
        .strip_suffix(ours)
        .is_some_and(|before| before.is_empty() || before.starts_with("http") && before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::is_same;

    fn goal() -> Value {
        json!({
            "resourceType": "Goal", "id": "ours",
            "meta": { "profile": ["a", "b"], "security": [
                { "system": "s", "code": "R", "extension": [{ "url": "basis", "valueString": "law" }] },
                { "system": "s", "code": "N" },
            ] },
            "text": { "status": "generated", "div": "<div>I'm <b id=\"x\" lang=\"en\">😀</b> &amp;&#32;1 &lt; 2</div>" },
            "subject": { "reference": "Patient/41" }, "description": { "text": "to paint" },
        })
    }

    fn changed(change: impl Fn(&mut Value)) -> Value {
        let mut theirs = goal();
        change(&mut theirs);
        theirs
    }

    #[test]
    fn what_a_server_adds_does_not_count() {
        let rows: Vec<fn(&mut Value)> = vec![
            |_| {},
            |it| it["id"] = json!("9"),
            |it| it["meta"]["versionId"] = json!("3"),
            |it| it["meta"]["lastUpdated"] = json!("2026-11-26T12:00:00Z"),
            |it| it["meta"]["source"] = json!("#x"),
            |it| it["meta"]["tag"] = json!([{ "code": "theirs" }]),
            |it| it["meta"]["profile"] = json!(["b", "a"]),
            |it| it["meta"]["security"] = json!([{ "system": "s", "code": "N" }, { "system": "s", "code": "R" }]),
            |it| {
                it["text"]["div"] =
                    json!("<div>I&#39;m  \r\n <b lang=\"en\" id=\"x\">&#x1F600;</b> &amp; 1 &lt; 2</div>")
            },
            |it| it["subject"]["reference"] = json!("https://ehr.example/fhir/Patient/41"),
            |it| it["subject"]["reference"] = json!("Patient/41/_history/2"),
        ];
        for (row, change) in rows.into_iter().enumerate() {
            assert!(is_same(&goal(), &changed(change)), "row {row}");
        }
    }

    #[test]
    fn everything_else_counts() {
        let rows: Vec<fn(&mut Value)> = vec![
            |it| it["description"]["text"] = json!("to paint "),
            |it| it["description"]["id"] = json!("x"),
            |it| it["note"] = json!([{ "text": "theirs" }]),
            |it| it["subject"]["reference"] = json!("Patient/141"),
            |it| it["subject"]["reference"] = json!("Practitioner/Patient/41"),
            |it| it["meta"]["security"] = json!([]),
            |it| it["meta"]["security"][0]["code"] = json!("V"),
            |it| it["meta"]["security"][0]["extension"][0]["valueString"] = json!("another law"),
            |it| it["meta"]["security"][1]["extension"] = json!([{ "url": "basis" }]),
            |it| it["text"]["div"] = json!("<div>I'm <b>😀</b> &amp; 1 &lt; 3</div>"),
            |it| it["text"]["status"] = json!("additional"),
            |it| drop(it.as_object_mut().expect("a resource").remove("text")),
            |it| it["meta"]["profile"] = json!(["a"]),
            |it| it["meta"]["extension"] = json!([{ "url": "x" }]),
            |it| *it = json!("no resource"),
        ];
        for (row, change) in rows.into_iter().enumerate() {
            assert!(!is_same(&goal(), &changed(change)), "row {row}");
        }
    }

    #[test]
    fn a_narrative_that_the_server_made_does_not_count() {
        let ours = changed(|it| drop(it.as_object_mut().expect("a resource").remove("text")));
        assert!(is_same(&ours, &goal()));
        assert!(!is_same(&ours, &changed(|it| it["text"]["status"] = json!("additional"))));
    }
}
