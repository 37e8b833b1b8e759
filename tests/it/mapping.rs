//! Mapping files: what is refused and how, and the golden examples of every built-in mapping (`UPDATE_EXPECT=1` writes them).
#![allow(clippy::unwrap_used)]

use std::{
    env,
    fmt::Write,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    sync::Arc,
};

use ownwords::{
    mapping::{Mapped, Mapping, MappingError, Packs},
    pipeline,
    plan::{PlanStatus, PlanType, action::Actor, code::Vocabulary},
    profile::{mapping_schema_faults, plan_schema_faults},
};
use serde_json::Value;

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn as_json(toml: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(toml).unwrap()).unwrap()
}

/// Reads bytes by a mapping; a file that cannot be opened is one refusal.
pub(crate) fn records(mapping: &Arc<Mapping>, file: &str, bytes: Vec<u8>) -> Vec<Mapped> {
    let opened = pipeline::open(mapping, file, Box::new(Cursor::new(bytes)));
    opened.map_err(|refused| refused.message).unwrap().collect()
}

pub(crate) fn compiled(toml: &str) -> Arc<Mapping> {
    Arc::new(Mapping::read("mapping.toml", toml, &no_codes).unwrap())
}

fn no_codes(name: &str) -> Option<Vec<u8>> {
    (name == "codes/x.csv").then(|| b"source,code\nA,active\n-,\n".to_vec())
}

#[test]
fn golden_examples_of_every_mapping() {
    let packs = Packs::load(None).unwrap();
    let mut count = 0;
    for folder in folders(Path::new("mappings")) {
        let mapping = packs.get(folder.file_name().unwrap().to_str().unwrap()).unwrap();
        for example in folders(&folder.join("examples")) {
            check_example(&mapping, &example);
            count += 1;
        }
    }
    assert!(count >= 20, "only {count} examples ran");
}

fn check_example(mapping: &Arc<Mapping>, example: &Path) {
    let given = fs::read_dir(example).unwrap().map(|entry| entry.unwrap().path());
    let given = given.filter(|path| path.file_stem().unwrap() == "given").collect::<Vec<_>>();
    let [given] = &given[..] else { panic!("{} needs one given file", example.display()) };
    let bytes = fs::read(given).unwrap();
    let read = records(mapping, given.file_name().unwrap().to_str().unwrap(), bytes.clone());
    let (mut plans, mut unread) = (Vec::new(), String::new());
    for record in &read {
        match &record.read {
            Ok(read) => {
                let plan = serde_json::to_value(&read.plan).unwrap();
                assert_eq!(plan_schema_faults(&plan), [], "{}", example.display());
                plans.push(plan);
                for left in &read.unread {
                    let place = &left.place;
                    writeln!(
                        unread,
                        "record {} line {} column {}: {}",
                        record.ordinal, place.line, place.column, left.path
                    )
                    .unwrap();
                }
            }
            Err(_) => plans.push(Value::Null),
        }
        assert!(
            memchr::memmem::find(&bytes, &record.raw).is_some(),
            "{}: raw bytes are not those of the file",
            example.display()
        );
    }
    let plans = serde_json::to_string_pretty(&plans).unwrap() + "\n";
    expect(&example.join("plan.json"), &plans);
    expect(&example.join("unread.txt"), &unread);
}

fn expect(path: &Path, actual: &str) {
    if env::var_os("UPDATE_EXPECT").is_some() {
        if actual.is_empty() { drop(fs::remove_file(path)) } else { fs::write(path, actual).unwrap() }
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(actual, expected, "{} differs; UPDATE_EXPECT=1 writes it anew", path.display());
}

#[test]
fn every_shipped_mapping_fits_the_schema_for_editors() {
    for folder in folders(Path::new("mappings")) {
        let toml = fs::read_to_string(folder.join("mapping.toml")).unwrap();
        assert_eq!(mapping_schema_faults(&as_json(&toml)), [], "{}", folder.display());
        assert!(folder.join("README.md").is_file(), "{} needs a README", folder.display());
    }
}

const HEAD: &str = "id = \"t\"\nversion = \"1\"\nform = \"delimited\"\n";

/// Each fault: what is added to a good beginning, the line it is refused at, a part of the message, whether the schema sees it.
const REFUSED: &[(&str, usize, &str, bool)] = &[
    ("[plan]\nplan_idd = { column = \"P\" }\n", 5, "did you mean plan_id?", false),
    ("[plan]\nplan_id = { colunm = \"P\" }\n", 5, "cannot take colunm", true),
    ("[plan]\nplan_id = \"P\"\n", 5, "must be a table", true),
    ("[plan]\nplan_id = { column = \"P\", value = \"x\" }\n", 5, "exactly one of", false),
    ("[plan]\nplan_id = { path = \"P\" }\n", 5, "has no paths", false),
    ("formm = \"x\"\n", 4, "the plan model has no formm", true),
    ("encoding = \"latin1\"\n[plan]\nplan_id = { column = \"P\" }\n", 4, "windows-1252", true),
    ("delimiter = \"space\"\n[plan]\nplan_id = { column = \"P\" }\n", 4, "comma", true),
    ("dates = [\"MM/DD/YYYY\", \"DD/MM/YYYY\"]\n[plan]\nplan_id = { column = \"P\" }\n", 4, "could be either", false),
    ("dates = [\"%Y\"]\n[plan]\nplan_id = { column = \"P\" }\n", 4, "no date format", false),
    ("[[goals]]\ngoal_id = { column = \"G\" }\n", 4, "each is missing", true),
    ("[[goals]]\neach = \"line\"\ngoal_id = { column = \"G\" }\n", 5, "each is", true),
    ("[[goals]]\neach = \"element\"\ngoal_id = { column = \"G\" }\n", 5, "is for JSON", true),
    ("[goals]\ngoal_id = { column = \"G\" }\n", 4, "write [[goals]]", true),
    ("[plan]\nstatus = { column = \"S\", codes = \"codes/none.csv\" }\n", 5, "cannot be read", false),
    ("[plan]\nstatus = { column = \"S\", codes = \"../codes/x.csv\" }\n", 5, "cannot be read", false),
    (
        "[plan]\nstatus = { column = \"S\", codes = \"codes/x.csv\", match = \"near\" }\n",
        5,
        "\"whole\" or \"word\"",
        true,
    ),
    ("[plan]\nplan_id = { expression = \"a ~ b\", with = { a = { column = \"A\" } } }\n", 5, "uses b", false),
    ("[plan]\nplan_id = { expression = \"a * 9\", with = { a = { column = \"A\" } } }\n", 5, "may not use *", false),
    ("[plan]\nplan_id = { expression = \"a ~\", with = { a = { column = \"A\" } } }\n", 5, "", false),
    ("[plan]\nplan_id = { column = \"P\", when = { column = \"T\" } }\n", 5, "is, is_not and given", false),
    ("optional_columns = [\"Q\"]\n[plan]\nplan_id = { column = \"P\" }\n", 4, "nothing in this mapping reads", false),
    ("gaps = [\"strenghts\"]\n[plan]\nplan_id = { column = \"P\" }\n", 4, "the plan model has no strenghts", false),
    ("[ignore]\nX = \" \"\n[plan]\nplan_id = { column = \"P\" }\n", 5, "say why", true),
    ("model = \"plan\"\n", 1, "must be \"json\"", true),
    ("x = \n", 4, "", true),
    ("", 1, "nothing is mapped", false),
];

#[test]
fn a_mapping_that_cannot_be_meant_is_refused_with_its_line() {
    for (added, line, part, schema_sees) in REFUSED {
        let toml = format!("{HEAD}{added}");
        let refused = Mapping::read("m/mapping.toml", &toml, &no_codes).expect_err(added);
        let MappingError::Refused { line: at, what, .. } = &refused else { panic!("{refused}") };
        assert_eq!((at, what.contains(part)), (line, true), "{added}: {refused}");
        assert!(refused.to_string().starts_with(&format!("m/mapping.toml:{line}: ")));
        if let (true, Ok(table)) = (*schema_sees, toml::from_str::<toml::Table>(&toml)) {
            assert_ne!(
                mapping_schema_faults(&serde_json::to_value(table).unwrap()),
                [],
                "the schema lets pass: {added}"
            );
        }
    }
}

#[test]
fn what_a_person_said_can_only_be_taken_as_it_stands() {
    let fields = [
        "[[goals]]\neach = \"row\"\nstatement.text",
        "[[goals]]\neach = \"row\"\nwhy_it_matters",
        "[[strengths]]\neach = \"row\"\ntext",
        "[[preferences]]\neach = \"row\"\ntext",
        "[plan]\nwhole_person.vision",
        "[plan]\nperson.how_described",
        "[plan]\ncrisis.what_helps",
        "[plan]\ntransition.criteria_text",
        "[plan]\nagreement.disagreement_text",
        "[plan]\nno_goal.explanation",
    ];
    let ways = [
        "{ column = \"W\", codes = \"codes/x.csv\" }",
        "{ column = \"W\", default = \"I want to be well\" }",
        "{ value = \"I want to be well\" }",
        "{ join = [{ column = \"W\" }, { column = \"V\" }] }",
        "{ expression = \"a\", with = { a = { column = \"W\" } } }",
        "{ first_of = [{ column = \"W\" }, { value = \"I want to be well\" }] }",
    ];
    for field in fields {
        for way in ways {
            let refused =
                Mapping::read("m", &format!("{HEAD}{field} = {way}\n"), &no_codes).expect_err(way).to_string();
            assert!(refused.contains("own words"), "{field} = {way}: {refused}");
        }
        let verbatim = format!("{HEAD}{field} = {{ first_of = [{{ column = \"W\" }}, {{ column = \"V\" }}] }}\n");
        Mapping::read("m", &verbatim, &no_codes).expect(field);
    }
}

#[test]
fn words_stay_byte_for_byte_and_ids_keep_their_zeros() {
    let toml = format!(
        "{HEAD}[plan]\nplan_id = {{ column = \"P\" }}\n[[goals]]\neach = \"row\"\nstatement.text = {{ column = \"W\" }}\n"
    );
    let read =
        records(&compiled(&toml), "f", b"P,W\n 0042 ,\"  I want  \n\ta dog \"\n".to_vec()).remove(0).read.unwrap();
    assert_eq!(read.plan.plan_id.as_deref(), Some("0042"));
    assert_eq!(read.plan.goals[0].statement.text.as_ref().unwrap().reveal(), "  I want  \n\ta dog ");
}

#[test]
fn a_missing_column_is_named_with_what_the_file_has_instead() {
    let flat = Packs::load(None).unwrap().get("flat-csv").unwrap();
    let open = |header: &str| flat.open("x.csv", Box::new(Cursor::new(header.to_owned()))).map(|_| ()).unwrap_err();
    let given = fs::read_to_string("mappings/flat-csv/examples/strengths-missing/given.csv").unwrap();
    let refused = open(&given.replacen("plan_date", "Plan Date_", 1).replacen("goal_own_words", "goal_own_word", 1));
    assert_eq!((refused.rule, refused.place.line), ("FILE-001", 1));
    assert!(
        refused.message.contains("flat-csv")
            && refused.message.contains("plan_date")
            && refused.message.contains("Plan Date_"),
        "{}",
        refused.message
    );
    let refused = open(&given.replacen("plan_date", "begun", 1).replacen("dob", "born", 1));
    let names = refused.message.split(['.', ',']).next().unwrap().split_once("needs the columns ");
    assert!(names.is_some_and(|(_, first)| ["dob", "plan_date"].contains(&first)), "{}", refused.message);
    assert!(refused.message.contains("dob") && refused.message.contains("plan_date"), "all at once");
    assert!(flat.open("x.csv", Box::new(Cursor::new(given.replacen("client_signed", "by hand", 1)))).is_ok());
    let refused = open(&given.replacen("sex,", "dob,", 1));
    assert!(refused.message.contains("more than once"), "{}", refused.message);
    assert!(open("").message.contains("empty"));
}

#[test]
fn values_that_differ_between_the_rows_of_a_plan_are_kept_and_listed() {
    let toml = format!(
        "{HEAD}record = {{ rows_by = [\"P\"] }}\n[plan]\nplan_id = {{ column = \"P\" }}\nperiod.start = {{ column = \"D\" }}\n[[goals]]\neach = \"row\"\nkey = [\"N\"]\ngoal_id = {{ column = \"N\" }}\nstatement.text = {{ column = \"W\" }}\n"
    );
    let file = b"P,D,N,W,X\n1,2026-03-02,1,I sing,\n1,2026-03-02,1,I sing loud,\n1,2026-03-03,2,I dance,room\n";
    let read = records(&compiled(&toml), "f", file.to_vec()).remove(0).read.unwrap();
    let unread: Vec<_> =
        read.unread.iter().map(|left| (left.path.as_str(), left.place.line, left.place.column)).collect();
    assert_eq!(unread, [("W", 3, 4), ("D", 4, 2), ("X", 4, 5)]);
    let kept: Vec<_> = read.plan.unmapped.iter().map(|kept| (kept.path.as_str(), kept.value.reveal())).collect();
    assert_eq!(kept, [("W", "I sing loud"), ("D", "2026-03-03"), ("X", "room")]);
    assert_eq!(read.plan.goals.len(), 2);
    let place = read.places.of("/goals/1/statement/text");
    assert_eq!((place.line, place.column, place.field.as_deref()), (4, 4, Some("W")));
    assert_eq!(read.places.of("/goals/1/status").line, 4, "the nearest value around it speaks for what is missing");
    assert_eq!(read.places.of("/status").line, 2);
}

#[test]
fn rows_of_one_plan_that_stand_apart_are_refused_and_a_plan_with_a_broken_row_waits() {
    let toml = format!(
        "{HEAD}record = {{ rows_by = [\"P\"] }}\n[plan]\nplan_id = {{ column = \"P\" }}\nperson.local_id = {{ column = \"A\" }}\n[ignore]\nB = \"test\"\nC = \"test\"\n"
    );
    let file = b"P,A,B,C\n1,a,b,c\n2,a,b,c\n1,a,b,c\n3,a,b,c\n3,a,b\n3,a,b,c\n4,a,b,c\n,,\n5,a,b,c\n";
    let read = records(&compiled(&toml), "f", file.to_vec());
    let told: Vec<String> = read
        .iter()
        .map(|record| match &record.read {
            Ok(read) => format!("{} {}", record.ordinal, read.plan.plan_id.as_deref().unwrap_or("?")),
            Err(refused) => format!("{} line {} {}", record.ordinal, refused.place.line, &refused.message[..24]),
        })
        .collect();
    assert_eq!(
        told,
        ["1 1", "2 2", "3 line 4 Rows of this plan also s", "4 line 6 This row has 3 fields wh", "5 4", "6 5"]
    );
    assert_eq!(read[3].raw, b"3,a,b,c\n3,a,b\n3,a,b,c\n");
}

#[test]
fn a_json_form_is_mapped_by_paths() {
    let folder = Path::new("tests/data/mapping/myevolv-shaped");
    let toml = fs::read_to_string(folder.join("mapping.toml")).unwrap();
    assert_eq!(mapping_schema_faults(&as_json(&toml)), []);
    let mapping = Arc::new(Mapping::read("m", &toml, &|name| fs::read(folder.join(name)).ok()).unwrap());
    let read = records(&mapping, "g", fs::read(folder.join("given.json")).unwrap()).remove(0).read.unwrap();
    expect(&folder.join("plan.json"), &(serde_json::to_string_pretty(&read.plan).unwrap() + "\n"));
    let place = read.places.of("/objectives/1/text");
    assert_eq!((place.line, place.column, place.field.as_deref()), (12, 20, Some("/SF_PCRP_OBJ/1/objective")));
    let shared = env::var("OWNWORDS_SHARED").unwrap_or_else(|_| "../shared/data".to_owned());
    let sample = Path::new(&shared)
        .join("ehr-samples/authored/myevolv-shaped/Bulk_Bundle_5f6d2c1e-0d5b-4d9c-8a51-1a4d7a9f2b10_1.json");
    match fs::read(&sample) {
        Ok(bytes) => assert_eq!(records(&mapping, "g", bytes).remove(0).read.unwrap().plan.strengths.len(), 3),
        Err(_) => println!("skipped: {} is not here", sample.display()),
    }
}

#[test]
fn the_authored_flat_files_are_read() {
    let shared = env::var("OWNWORDS_SHARED").unwrap_or_else(|_| "../shared/data".to_owned());
    let folder = Path::new(&shared).join("ehr-samples/authored/flat");
    let flat = Packs::load(None).unwrap().get("flat-csv").unwrap();
    for name in ["plans-comma-utf8bom-crlf.csv", "plans-pipe-lf.txt", "plans-tab-windows1252.txt"] {
        let Ok(bytes) = fs::read(folder.join(name)) else {
            println!("skipped: {name} is not here");
            continue;
        };
        let read: Vec<_> = records(&flat, name, bytes).into_iter().map(|record| record.read.unwrap()).collect();
        assert_eq!(read.len(), 3, "{name}");
        assert_eq!(read[0].plan.objectives.len(), 2, "{name}");
        assert_eq!(
            read[0].plan.goals[0].statement.text.as_ref().unwrap().reveal(),
            "I want my own place, \"with a door I can lock\"."
        );
        assert_eq!(read[0].plan.person.local_id.as_deref(), Some("000123"));
        if name.contains("1252") {
            assert!(read[2].plan.goals[0].statement.text.as_ref().unwrap().reveal().starts_with("I’d like to sing"));
        } else {
            assert_eq!(read[1].plan.period.start.as_ref().unwrap().as_str(), "2026-03-09");
        }
    }
}

#[test]
fn our_own_model_says_where_and_what_without_the_value() {
    let model = Packs::load(None).unwrap().get("plan-json").unwrap();
    let cases = [
        (
            "{\"plan_id\":\"1\",\n \"goals\":[{\"rank\":\"secret\"}]}",
            2,
            "/goals/0/rank",
            "it is text where a whole number",
        ),
        ("{\"plan_id\":[\"secret\"]}", 1, "/plan_id", "it is a list where a string"),
        ("{\"goals\":\"secret\"}", 1, "/goals", "a list in [ ]"),
        ("{\n\"plan_type\":true}", 2, "/plan_type", "true or false where one of initial, review"),
        ("{\"agreement\":{\"copy_offered\":7}}", 1, "/agreement/copy_offered", "it is a number where one of yes"),
        ("{\"plan_type\":{\"secret\":1}}", 1, "/plan_type", "it is an object where one of initial"),
        ("{\"goals\":[{\"domain\":[\"secret\"]}]}", 1, "/goals/0/domain", "it is a list where one of housing, work"),
        ("{\"plan_id\":\"secret\" \"x\":1}", 1, "", "no valid JSON"),
    ];
    for (text, line, pointer, part) in cases {
        let refused = records(&model, "f", text.into()).remove(0).read.unwrap_err();
        assert_eq!((refused.place.line, refused.message.contains(part)), (line, true), "{text}: {}", refused.message);
        assert!(
            pointer.is_empty() || refused.place.field.as_deref() == Some(pointer),
            "{text}: {:?}",
            refused.place.field
        );
        assert!(!refused.message.contains("secret"));
    }
}

#[test]
fn our_own_model_is_recognised_by_content() {
    let packs = Packs::load(None).unwrap();
    let id = |head: &str| packs.recognise(head.as_bytes()).map(|mapping| mapping.id().to_owned());
    assert_eq!(id("\u{feff} [{\"plan_id\": \"1\", \"goals\": []").as_deref(), Some("plan-json"));
    assert_eq!(id("{\"resourceType\": \"CarePlan\", \"plan_id\": 1, \"goals\": 1}"), None);
    assert_eq!(id("{\"resourceType\": \"Bundle\", \"goal\": []}").as_deref(), Some("fhir-r4"));
    assert_eq!(id("plan_id,goals\n"), None);
    assert_eq!(packs.ids().collect::<Vec<_>>(), ["credible-pcrp", "fhir-r4", "flat-csv", "plan-json"]);
}

#[test]
fn a_code_map_reaches_only_codes_the_model_has() {
    let check = |file: &str, codes: &[&str]| {
        let text = fs::read_to_string(file).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#') && *line != "source,code") {
            let code = line.rsplit(',').next().unwrap();
            assert!(code.is_empty() || codes.contains(&code), "{file}: {line}");
        }
    };
    check("mappings/flat-csv/codes/plan-status.csv", PlanStatus::CODES);
    check("mappings/flat-csv/codes/plan-type.csv", PlanType::CODES);
    check("mappings/flat-csv/codes/actor.csv", Actor::CODES);
    check("mappings/flat-csv/codes/actor-by-title.csv", Actor::CODES);
    check("mappings/credible-pcrp/codes/plan-status.csv", PlanStatus::CODES);
}

#[test]
fn an_own_folder_adds_mappings_and_takes_no_id_twice() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("lakeside");
    fs::create_dir(&pack).unwrap();
    let toml = fs::read_to_string("mappings/plan-json/mapping.toml").unwrap();
    fs::write(pack.join("mapping.toml"), &toml).unwrap();
    let shadowing = Packs::load(Some(folder.path())).unwrap();
    assert!(shadowing.get("plan-json").is_some(), "one of the folder stands before a built-in one");
    let twin = folder.path().join("twin");
    fs::create_dir(&twin).unwrap();
    fs::write(twin.join("mapping.toml"), &toml).unwrap();
    let refused = Packs::load(Some(folder.path())).unwrap_err().to_string();
    assert!(refused.contains("plan-json is taken"), "{refused}");
    fs::remove_dir_all(&twin).unwrap();
    fs::write(pack.join("mapping.toml"), toml.replace("plan-json", "lakeside")).unwrap();
    assert!(Packs::load(Some(folder.path())).unwrap().get("lakeside").is_some());
    assert!(Packs::load(Some(&pack.join("none"))).is_err());
}
