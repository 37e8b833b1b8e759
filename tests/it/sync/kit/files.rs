//! The cases of files, and those that stand elsewhere or have no source yet.

use ownwords::{
    mapping::Packs,
    pipeline::{
        fingerprint::Fingerprint,
        keep::{Incoming, ReceiveError, Received},
        period::{Held, WholeOf},
    },
    store::DeliveryState,
};
use serde_json::{Value, json};

use super::{
    ENDED,
    How::{Elsewhere, NotBuilt, Steps},
    Left, Row, file, row, writes,
};
use crate::{
    fake_fhir::Fake,
    sync::back::{AGENCY, World, plan},
};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(36, "bulk: a file is 404, the manifest tells errors, deleted is missing", "nothing is lost, nothing counts as gone",
        Elsewhere("tests/it/sync/back/bulk.rs, what_could_not_be_read_is_told_and_read_the_next_time")),
    row(37, "webhooks out of order, repeated, with a wrong HMAC", "they only have us look",
        Elsewhere("tests/it/http/notified.rs, whom_it_is_about_is_read_again_once_and_the_words_stay")),
    row(38, "a file that is half there", "what is whole is kept, the rest is told; the whole file then keeps each once", Steps(|| Box::pin(half()))),
    row(38, "the same file twice", "received already (FILE-004)", Steps(|| Box::pin(twice()))),
    row(38, "a snapshot that lost 40 % of the people", "held and asked (FILE-005); nobody is deleted", Steps(|| Box::pin(fewer()))),
    row(38, "Windows-1252 without notice", "read as it was meant", Steps(|| Box::pin(windows_1252()))),
    row(38, "a zip with one bad member", "taken whole or not at all",
        NotBuilt("source not built: a zip is refused as no file of the mapping's form (its own issue)")),
    row(39, "HL7 v2: LF only, BOM, a wrong GOL position, a lost ACK", "taken once", NotBuilt("source not built: HL7 v2 (its own issue)")),
    row(40, "C-CDA: a repeated document id, a dangling reference, a goal without text", "each told; no goal made up",
        NotBuilt("source not built: C-CDA (its own issue)")),
];

/// Hands a file in.
async fn hand_in(
    world: &World,
    mapping: &str,
    bytes: &[u8],
    whole_of: Option<WholeOf>,
) -> Result<Received, ReceiveError> {
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(bytes);
    let incoming = Incoming {
        agency: AGENCY.to_owned(),
        mapping: Packs::load(None).expect("mappings").get(mapping).expect("a mapping"),
        file: "given".to_owned(),
        sha256: fingerprint.finish().0,
        size: bytes.len() as u64,
        caller: "local".to_owned(),
        bytes: bytes.to_vec().into(),
        whole_of,
    };
    world.intake.receive(incoming, &mut |_| true).await
}

/// Plans as NDJSON.
fn lines(plans: &[Value]) -> String {
    plans.iter().map(|plan| format!("{plan}\n")).collect()
}

fn said(count: usize) -> Vec<Value> {
    (1..=count).map(|number| plan(&format!("P-{number}"))).collect()
}

/// Accepted and rejected records of what was kept.
fn counts(received: &Result<Received, ReceiveError>) -> (u64, u64) {
    let Ok(Received::Kept { receipt, .. }) = received else { panic!("not kept: {received:?}") };
    (receipt.accepted + receipt.warned, receipt.rejected)
}

/// Delivers what is there, to its end.
async fn left(world: World, fake: Fake, said: Vec<Value>) -> Left {
    let delivered = world.deliver_until(&ENDED).await;
    assert!(delivered.iter().all(|one| one.state == DeliveryState::Done), "{delivered:?}");
    assert_eq!((fake.count("CarePlan"), writes(&fake)), (said.len(), said.len()), "each once");
    Left { said, ..Left::of(world, fake) }
}

async fn half() -> Left {
    let fake = Fake::own_ids().await;
    let world = World::on(file(&fake), None).await;
    let whole = lines(&said(3));
    let cut = whole.len() - 200;
    let first = hand_in(&world, "plan-json", &whole.as_bytes()[..cut], None).await;
    assert_eq!(counts(&first), (2, 1));
    let Ok(Received::Kept { records, .. }) = first else { panic!("kept") };
    assert_eq!((records[2].findings[0].rule.as_str(), records[2].start.line), ("FILE-001", 3), "{:?}", records[2]);
    let second = hand_in(&world, "plan-json", whole.as_bytes(), None).await;
    assert_eq!(counts(&second), (3, 0));
    for plan in said(3) {
        let plan_id = plan["plan_id"].as_str().expect("an id").to_owned();
        let versions = world.intake.store.plan_versions(AGENCY, &plan_id).await.expect("a store");
        assert_eq!(versions.len(), 1, "{plan_id}: the same again is no version of its own");
    }
    left(world, fake, said(3)).await
}

async fn twice() -> Left {
    let fake = Fake::own_ids().await;
    let world = World::on(file(&fake), None).await;
    let whole = lines(&said(2));
    assert_eq!(counts(&hand_in(&world, "plan-json", whole.as_bytes(), None).await), (2, 0));
    let again = hand_in(&world, "plan-json", whole.as_bytes(), None).await;
    assert!(matches!(again, Ok(Received::AlreadyReceived(_))), "{again:?}");
    left(world, fake, said(2)).await
}

async fn fewer() -> Left {
    let fake = Fake::own_ids().await;
    let world = World::on(file(&fake), None).await;
    let period = |is_confirmed| world.intake.whole_of(Some("2026-07-01/2026-09-30"), is_confirmed).expect("a period");
    let all = lines(&said(10));
    assert_eq!(counts(&hand_in(&world, "plan-json", all.as_bytes(), period(false)).await), (10, 0));
    let mut fewer = said(6);
    fewer[0]["objectives"][0]["text"] = json!("Four paintings");
    fewer[0]["source"]["record_version"] = json!("2");
    let held = hand_in(&world, "plan-json", lines(&fewer).as_bytes(), period(false)).await;
    assert!(matches!(held, Err(ReceiveError::Held(Held::FewerPeople { now: 6, before: 10 }))), "{held:?}");
    assert_eq!(world.versions().await.len(), 1, "nothing of it is kept");
    left(world, fake, said(10)).await
}

async fn windows_1252() -> Left {
    let fake = Fake::own_ids().await;
    let world = World::on(file(&fake), None).await;
    let header = "agency_id,client_id,last_name,first_name,dob,sex,plan_id,plan_date,review_due,goal_no,goal_own_words,\
        strengths,objective_no,objective,intervention,frequency,responsible,natural_supports,target_date,status,\
        client_signed,last_modified";
    let goal = "I want to open a caf\u{e9} \u{2013} my sister\u{2019}s \u{201c}dream\u{201d}, and mine";
    let line = format!(
        "{AGENCY},000418,Okafor,Ada,1988-06-14,F,P-1,2026-03-02,2026-06-02,1,\"{goal}\",I stay with things,1,Ask the bank,\
         Help with the form,weekly,\"Kim R., CPS\",Aunt Joy,2026-04-30,active,Y,2026-03-02T11:02:13-05:00"
    );
    let bytes: Vec<u8> = format!("{header}\r\n{line}\r\n").chars().map(in_1252).collect();
    assert!(std::str::from_utf8(&bytes).is_err(), "no UTF-8");
    let kept = hand_in(&world, "flat-csv", &bytes, None).await;
    assert_eq!(counts(&kept), (1, 0), "{kept:?}");
    let now = world.now().await;
    assert_eq!(now["goals"][0]["statement"]["text"], goal);
    left(world, fake, vec![now]).await
}

/// A character as Windows-1252 has it.
fn in_1252(character: char) -> u8 {
    match character {
        '\u{2013}' => 0x96,
        '\u{2019}' => 0x92,
        '\u{201c}' => 0x93,
        '\u{201d}' => 0x94,
        other => u8::try_from(u32::from(other)).expect("a character of Latin-1"),
    }
}
