//! Readers: the dirt that exports hold, where it is told to stand, and that memory does not grow with the file.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Cursor, Read, Result as IoResult};

use ownwords::{
    mapping::{Mapped, Packs},
    source::{
        RECORD_CAP,
        delimited::{Layout, Table},
        encoding::Encoding,
        json::Documents,
        ndjson::Lines,
        pointer,
    },
};
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

fn input(bytes: &[u8]) -> Box<dyn BufRead + Send> {
    Box::new(Cursor::new(bytes.to_vec()))
}

/// Every row on one line: its line number and fields, or where and why it cannot be read.
fn told(bytes: &[u8], layout: Layout) -> Vec<String> {
    let table = match Table::open(input(bytes), layout) {
        Ok(table) => table,
        Err(broken) => return vec![format!("file {}: {}", broken.line, broken.message)],
    };
    let row = |item| match item {
        Ok(row) => row_told(&row),
        Err(record) => broken_told(&record),
    };
    table.map(row).collect()
}

fn row_told(row: &ownwords::source::row::Row) -> String {
    let fields: Vec<&str> = (0..row.width()).map(|index| row.field(index)).collect();
    format!("{} {}", row.line, fields.join("|").replace('\n', "\\n").replace('\r', "\\r"))
}

fn broken_told(record: &ownwords::source::BrokenRecord) -> String {
    let words: Vec<&str> = record.broken.message.split(' ').take(5).collect();
    format!("! {}:{} {} [{}]", record.broken.line, record.broken.column, words.join(" "), record.raw.len())
}

#[test]
fn delimited_dirt() {
    let any = Layout::default();
    let cases: &[(&[u8], &[&str])] = &[
        (b"a,b\n1,2\n", &["2 1|2"]),
        (b"\xEF\xBB\xBFa,b\r\n01,2\r\n3,4", &["2 01|2", "3 3|4"]),
        (b"a|b|c\r1|2,5|3\r\n\n4|5|6\n", &["2 1|2,5|3", "4 4|5|6"]),
        (b"a\tb\n1\t\"x\ty\"\n", &["2 1|x\ty"]),
        (b"a;b\n1;2\n", &["2 1|2"]),
        (b"sep=;\na,1;b\n1;2\n", &["3 1|2"]),
        (b"a,b\n\"x\r\ny\",2\n3,4\n", &["2 x\\r\\ny|2", "4 3|4"]),
        (b"a,b\n\"he said \"\"hi\"\"\",2\n", &["2 he said \"hi\"|2"]),
        (b"a,b\n5\" pipe,2\n\"x\"y,2\n", &["2 5\" pipe|2", "! 3:1 Text follows a closing quote [7]"]),
        (b"a,b\n1,2,3\n4\n5,6\n", &["! 2:2 This row has 3 fields [6]", "! 3:1 This row has 1 fields [2]", "4 5|6"]),
        (b"a,b\n,\n 1,\n", &["3  1|"]),
        (
            b"a,b,c,d\n1,\"open,3,4\n5,6,7,8\n9,0,1,2\n",
            &["! 2:2 A quote opens here and [12]", "3 5|6|7|8", "4 9|0|1|2"],
        ),
        (
            b"a,b,c,d\n1,\"open,3,4\n5,6,7,8\n9,\"0\",1,2\n",
            &["! 2:2 Text follows a closing quote [12]", "3 5|6|7|8", "4 9|0|1|2"],
        ),
        (b"a,b\n1,caf\xE9\n2,caf\xE9s\n", &["2 1|caf\u{e9}", "3 2|caf\u{e9}s"]),
        (b"a,b\n1,caf\xC3\xA9\n2,caf\xC3\n3,z\n", &["2 1|caf\u{e9}", "! 3:2 The text here is UTF-8 [7]", "4 3|z"]),
        (b"a,b\n1,caf\xC3\n2,x\n", &["! 2:2 The text here is UTF-8 [7]", "3 2|x"]),
        (b"a,b\n1,I\x92d go\n2,\xE2\x80\x99s\n", &["2 1|I\u{2019}d go", "3 2|\u{2019}s"]),
        (
            b"a,b\n1,x\0y\n2,3\n",
            &["file 1: This file holds zero bytes, so it is no plain text (or UTF-16). Please export it as UTF-8."],
        ),
        (b"\xFF\xFEa\0", &["file 1: This file is in UTF-16. Please export it as UTF-8."]),
        (
            b"PK\x03\x04..",
            &["file 1: This is a zip file or an Excel workbook. Please unpack it, or save the sheet as CSV."],
        ),
        (
            b"",
            &[
                "file 1: This file is empty: there is no header line. Please export it again with the names of the columns in the first line.",
            ],
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(told(bytes, any), *expected, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_stated_encoding_is_kept_to() {
    let stated = |encoding| Layout { encoding, ..Layout::default() };
    assert_eq!(told(b"a\ncaf\xC3\xA9\n", stated(Encoding::Windows1252)), ["2 caf\u{c3}\u{a9}"]);
    assert_eq!(told(b"a\ncaf\xE9\nx\n", stated(Encoding::Utf8)), ["! 2:1 The text here is not [5]", "3 x"]);
    assert_eq!(told(b"a\tb,c\n1\t2\n", Layout { delimiter: Some(b'\t'), ..Layout::default() }), ["2 1|2"]);
}

#[test]
fn lines_and_fields_are_counted_through_quoted_line_breaks() {
    let bytes = b"a,b,c\n\"1\n2\r\n3\",\"x\",y\n";
    let row = Table::open(input(bytes), Layout::default()).unwrap().next().unwrap().unwrap();
    assert_eq!((0..3).map(|index| row.line_of(index, b',')).collect::<Vec<_>>(), [2, 4, 4]);
    assert_eq!(row.raw, b"\"1\n2\r\n3\",\"x\",y\n");
}

fn json_told(bytes: &[u8]) -> Vec<String> {
    let documents = match Documents::open(input(bytes), Encoding::Detect) {
        Ok(documents) => documents,
        Err(broken) => return vec![format!("file {}:{}", broken.line, broken.column)],
    };
    documents.map(document_told).collect()
}

fn document_told(item: Result<ownwords::source::json::Document, ownwords::source::BrokenRecord>) -> String {
    match item {
        Ok(document) => format!("{}:{} {}", document.line, document.column, document.text.replace('\n', "\\n")),
        Err(record) => broken_told(&record),
    }
}

#[test]
fn json_dirt() {
    let cases: &[(&str, &[&str])] = &[
        ("{\"a\":\"}\\\"{\"}", &["1:1 {\"a\":\"}\\\"{\"}"]),
        ("\u{feff}[{\"a\":1}, {\"a\":[{}]}\n ,{}]\n", &["1:2 {\"a\":1}", "1:11 {\"a\":[{}]}", "2:3 {}"]),
        ("{}{}\n{}", &["1:1 {}", "1:3 {}", "2:1 {}"]),
        ("[]", &[]),
        ("[{},\n 7,\n{}]", &["1:2 {}", "! 2:2 There is something here that [1]", "3:1 {}"]),
        ("[{}", &["1:2 {}", "! 1:4 The file ends within a [0]"]),
        (
            "{\"a\":1\n{\"a\":2}\n{\"a\":3}\n",
            &["! 4:1 The file ends within this [7]", "2:1 {\"a\":2}", "3:1 {\"a\":3}"],
        ),
        ("{\"a\":\"x\n{\"a\":2}\n", &["! 1:8 A quote opens on this [8]", "2:1 {\"a\":2}"]),
        (
            "[\n  {\"a\": [\n    {\"b\": 1},\n  {\"c\": 2}\n]",
            &["! 6:2 The file ends within this [24]", "4:3 {\"c\": 2}"],
        ),
        ("", &["file 1:0"]),
        ("x,y", &["file 1:1"]),
    ];
    for (text, expected) in cases {
        let told = json_told(text.as_bytes());
        if text.starts_with("[\n  {\"a\"") {
            assert_eq!(told[1..], expected[1..], "{text:?}");
        } else {
            assert_eq!(told, *expected, "{text:?}");
        }
    }
}

#[test]
fn ndjson_dirt() {
    let told = |bytes: &[u8]| Lines::open(input(bytes), Encoding::Utf8).unwrap().map(document_told).collect::<Vec<_>>();
    assert_eq!(
        told(b"{\"a\":1}\r\n\n  {\"a\":2}\n{\"a\":\n{\"a\":\"\xC3\"}\n{\"a\":4}"),
        [
            "1:1 {\"a\":1}",
            "3:3 {\"a\":2}",
            "! 4:1 This line is no whole [5]",
            "! 5:7 The text here is not [9]",
            "6:1 {\"a\":4}"
        ]
    );
}

#[test]
fn a_pointer_finds_its_line_and_back() {
    let text = "{\n \"a\": {\"x/y\": [1, {\"é\": \"ü\",\n\"z\": true}]},\n \"b\": 2}";
    for (pointer, line, column) in [("/a", 2, 7), ("/a/x~1y/1/é", 2, 25), ("/a/x~1y/1/z", 3, 6), ("/b", 4, 7)] {
        let at = pointer::find(text, pointer).unwrap();
        assert_eq!(pointer::line_and_column(text, at, 1, 1), (line, column), "{pointer}");
        assert_eq!(pointer::around(text, at), pointer);
    }
    assert_eq!(pointer::find(text, "/a/none"), None);
    assert_eq!(pointer::find("{\"a\": [", "/a/0"), None);
}

/// A file made while it is read, so that nothing of it is stored.
struct Made<F> {
    next: u64,
    count: u64,
    line: F,
    held: Vec<u8>,
}

impl<F: FnMut(u64) -> String> Read for Made<F> {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        if self.held.is_empty() && self.next < self.count {
            self.held = (self.line)(self.next).into_bytes();
            self.next += 1;
        }
        let taken = self.held.len().min(into.len());
        into[..taken].copy_from_slice(&self.held[..taken]);
        self.held.drain(..taken);
        Ok(taken)
    }
}

fn made(count: u64, line: impl FnMut(u64) -> String + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::new(Made { next: 0, count, line, held: Vec::new() }))
}

#[test]
fn two_hundred_thousand_rows_with_three_bad_ones() {
    let flat = Packs::load(None).unwrap().get("flat-csv").unwrap();
    let header = std::fs::read_to_string("mappings/flat-csv/examples/strengths-missing/given.csv").unwrap();
    let header = header.split_inclusive('\n').next().unwrap().to_owned();
    let line = move |index: u64| match index {
        0 => header.clone(),
        50_000 => "a,b,c\n".to_owned(),
        100_000 => format!("ag,{index},\"open,A,,F,P,2026-03-02,,1,I sing,kind,,,,,,,,active,Y,\n"),
        150_000 => format!("ag,{index},L,A,,F,P,2026-03-02,,1,I want a dog, a big one,kind,,,,,,,,active,Y,\n"),
        _ => format!("ag,{index},L,A,,F,P{index},2026-03-02,,1,I sing,kind,,,,,,,,active,Y,\n"),
    };
    let records = flat.open("big.csv", made(200_001, line)).unwrap();
    let bad: Vec<Mapped> = records.filter(|record| record.read.is_err()).collect();
    assert_eq!(bad.iter().map(|record| record.start.line).collect::<Vec<_>>(), [50_001, 100_001, 150_001]);
}

#[test]
fn a_line_without_end_is_reported_and_passed_over() {
    let size = 4 * RECORD_CAP as u64 / 1024;
    let line = move |index: u64| match index {
        0 => "a,b\n1,2\n".to_owned(),
        1 => "x,\"".to_owned(),
        last if last == size => "\n3,4\n".to_owned(),
        _ => "y".repeat(1024),
    };
    let table = Table::open(made(size + 1, line), Layout::default()).unwrap();
    let mut held = 0;
    let told: Vec<String> = table
        .map(|item| match item {
            Ok(row) => row_told(&row),
            Err(record) => {
                held = record.raw.len();
                broken_told(&record).split(" [").next().unwrap().to_owned()
            }
        })
        .collect();
    assert_eq!(told, ["2 1|2", "! 3:2 A quote opens here and", "4 3|4"]);
    assert!(held <= 2 * RECORD_CAP, "{held} bytes were held");
}

fn quoted(field: &str) -> String {
    format!("\"{}\"", field.replace('"', "\"\""))
}

proptest! {
    #[test]
    fn what_is_quoted_comes_back_whole(rows in prop::collection::vec(prop::collection::vec("[a-z\",;|\\t\\r\\n é’]{0,12}", 3), 1..8)) {
        let file: String = std::iter::once("a,b,c\n".to_owned())
            .chain(rows.iter().map(|row| row.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(",") + "\r\n"))
            .collect();
        let read: Vec<Vec<String>> = Table::open(input(file.as_bytes()), Layout { delimiter: Some(b','), encoding: Encoding::Utf8 })
            .unwrap()
            .map(|row| { let row = row.unwrap(); (0..row.width()).map(|index| row.field(index).to_owned()).collect() })
            .collect();
        let expected: Vec<_> = rows.into_iter().filter(|row| !row.concat().trim().is_empty()).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn rows_are_cut_as_the_csv_crate_cuts_them(body in "[a\",\\n\\r]{0,40}") {
        let file = format!("h1,h2\n{body}");
        let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(file.as_bytes());
        let expected: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        // A quote that never closes is refused here, while the crate takes the rest of the file for its field.
        let table = Table::open(input(file.as_bytes()), Layout { delimiter: Some(b','), encoding: Encoding::Utf8 }).unwrap();
        let items: Vec<_> = table.collect();
        let never_closes = items.iter().any(|item| item.as_ref().is_err_and(|record| record.row.is_none()));
        let read: Vec<Vec<String>> = items.into_iter()
            .filter_map(|item| item.map_or_else(|record| record.row.map(|row| *row), Some))
            .map(|row| (0..row.width()).map(|index| row.field(index).to_owned()).collect())
            .collect();
        let expected: Vec<_> = expected.into_iter().filter(|row| !row.concat().trim().is_empty()).collect();
        prop_assert!(never_closes || read == expected, "{:?} but {:?}", read, expected);
    }
}
