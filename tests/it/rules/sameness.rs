//! When two statements say the same: the floor of words, the line of 85 in a hundred, names, keys, and that none is missed.

use ownwords::rules::sameness::{Key, Shingles, Wording};
use proptest::prelude::{Strategy, prop, prop_assert, proptest};
use serde_json::json;

use super::{plan_with, plan_with_goal};

const LONG: &str = "I want to feel better about myself so that I can enjoy life with my family and friends again.";

fn key() -> Key {
    Key::of(b"secret", "oakleaf")
}

fn wording(text: &str) -> Wording {
    key().wordings(&plan_with_goal(text)).pop().expect("a long statement")
}

fn is_like(one: &str, other: &str) -> bool {
    wording(one).shingles.is_like(&wording(other).shingles)
}

#[test]
fn only_statements_of_twelve_words_or_more_are_looked_at() {
    let long = |text: &str| !key().wordings(&plan_with_goal(text)).is_empty();
    assert!(long("one two three four five six seven eight nine ten eleven twelve"));
    assert!(!long("one two three four five six seven eight nine ten eleven"));
    assert!(!long(" "));
    assert!(long("Quiero volver a trabajar en la panadería y mandarle dinero a mi mamá."));
    assert!(!long("I want a job. — … — … — … — … — … — … — …"), "signs are no words");
}

#[test]
fn case_and_punctuation_do_not_matter_and_one_changed_word_of_thirty_does_not_either() {
    assert!(is_like(LONG, &LONG.to_uppercase()));
    assert!(is_like(LONG, &LONG.replace(' ', ",  ")));
    assert!(!is_like(LONG, "I want to open a small repair shop for bicycles near the river with my two brothers."));
    let words: Vec<String> = (0..60).map(|number| format!("word{number}")).collect();
    let changed = |count: usize| {
        let mut other = words.clone();
        (0..count).for_each(|at| other[10 + at * 10].push('x'));
        other.join(" ")
    };
    // 58 triples each; a changed word takes three of them: 55 of 61 are 90 in a hundred, 52 of 64 are 81.
    assert!(is_like(&words.join(" "), &changed(1)));
    assert!(!is_like(&words.join(" "), &changed(2)));
}

#[test]
fn the_persons_name_does_not_make_a_template_theirs() {
    let of = |name: serde_json::Value, text: &str| {
        let goals = json!([{ "goal_id": "g1", "status": "active", "statement": { "text": text } }]);
        let mut person = json!({ "local_id": "P-1" });
        person.as_object_mut().expect("fields").extend(name.as_object().expect("fields").clone());
        key()
            .wordings(&plan_with(json!({ "goals": goals, "person": person })))
            .pop()
            .expect("a long statement")
            .shingles
    };
    let text = |name: &str| {
        format!(
            "{name} and the team agree that {name} will look for a job, and {name} will call the team when {name} has one"
        )
    };
    let maria = of(json!({ "preferred_name": "Maria" }), &text("Maria"));
    assert!(maria.is_like(&of(json!({ "name": { "given": ["Abdul", "Karim"] } }), &text("Abdul"))));
    assert!(maria.is_like(&of(json!({ "name": { "family": "Okafor" } }), &text("Okafor"))));
    assert!(!maria.is_like(&of(json!({}), &text("Abdul"))), "somebody else's name is a word");
    let will = of(json!({ "preferred_name": "Will" }), LONG);
    assert_eq!(will, wording(LONG).shingles, "a name is not the word that is written alike in small letters");
}

#[test]
fn statements_of_two_agencies_or_two_stores_have_nothing_in_common() {
    let plan = plan_with_goal(LONG);
    let here = wording(LONG);
    for key in [Key::of(b"secret", "willow"), Key::of(b"other", "oakleaf")] {
        let there = key.wordings(&plan).pop().expect("a long statement");
        assert!(!there.shingles.is_like(&here.shingles));
        assert!(there.marks.iter().all(|mark| !here.marks.contains(mark)));
    }
}

#[test]
fn an_attestation_is_told_and_goals_that_are_given_up_are_left_out() {
    let goal = |status: &str, said: &str| json!({ "goal_id": "g", "status": status, "statement": { "text": LONG, "attestation": { "statement": said } } });
    let goals = json!([
        goal("replaced", "my-own-words"),
        goal("active", "my-own-words"),
        goal("active", "said-by-my-guardian-without-me")
    ]);
    let wordings = key().wordings(&plan_with(json!({ "goals": goals })));
    assert_eq!(wordings.iter().map(|one| (one.goal, one.attested)).collect::<Vec<_>>(), [(1, true), (2, false)]);
}

#[test]
fn hashes_come_back_from_their_bytes_and_nothing_else_does() {
    let shingles = wording(LONG).shingles;
    let bytes = shingles.bytes();
    assert_eq!(Shingles::from_bytes(&bytes), Some(shingles));
    assert_eq!(Shingles::from_bytes(&bytes[1..]), None);
    let reversed: Vec<u8> = bytes.chunks(8).rev().flatten().copied().collect();
    assert_eq!(Shingles::from_bytes(&reversed), None);
}

#[test]
fn neither_key_nor_hashes_are_printed() {
    assert_eq!(format!("{:?}", key()), "Key");
    assert_eq!(format!("{:?}", wording(LONG).shingles), "Shingles(17)");
}

/// A text of few different words, and the same with some of them changed, added or left out.
fn texts() -> impl Strategy<Value = (String, String)> {
    let words = prop::collection::vec(0_u8..40, 12..70);
    let edits = prop::collection::vec((0_usize..70, 0_u8..60), 0..5);
    (words, edits).prop_map(|(words, edits)| {
        let mut other = words.clone();
        for (at, word) in edits {
            let at = at % other.len();
            match word {
                0..20 => other[at] = word,
                20..40 => other.insert(at, word),
                _ => drop(other.remove(at)),
            }
        }
        let said = |words: &[u8]| {
            words.iter().map(|w| "w".repeat(usize::from(w % 7) + 1) + &w.to_string()).collect::<Vec<_>>().join(" ")
        };
        (said(&words), said(&other))
    })
}

proptest! {
    /// Looking up by marks misses no statement that says the same, nor does the limit of sizes.
    #[test]
    fn statements_that_say_the_same_share_a_mark((one, other) in texts()) {
        let (one, other) = (key().wordings(&plan_with_goal(&one)).pop(), key().wordings(&plan_with_goal(&other)).pop());
        if let (Some(one), Some(other)) = (one, other)
            && one.shingles.is_like(&other.shingles)
        {
            prop_assert!(one.marks.iter().any(|mark| other.marks.contains(mark)));
            let (least, most) = one.shingles.sizes();
            prop_assert!((least..=most).contains(&(other.shingles.bytes().len() / 8)));
        }
    }

    /// Few marks: an eighth or so of the triples, and one.
    #[test]
    fn marks_are_few((one, _) in texts()) {
        let wording = wording(&one);
        let triples = wording.shingles.bytes().len() / 8;
        prop_assert!(!wording.marks.is_empty() && wording.marks.len() <= triples * 15 / 100 + 1);
    }
}
