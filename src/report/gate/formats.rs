//! The figures of the gate as text for people, CSV for tables and JSON for programs. Every output is marked as internal.

use std::fmt::Write;

use serde_json::{Number, Value, json};

use super::{Against, GateFigures, Verdicts};
use crate::report::{
    figures::Period,
    formats::{Format, MARK, percent, quoted},
};

/// The figures in a format, of one agency or of all.
pub fn write_gate(figures: &GateFigures, period: Period, agency: Option<&str>, format: Format) -> String {
    match format {
        Format::Text => text(figures, period, agency),
        Format::Csv => csv(figures, period, agency),
        Format::Json => format!("{:#}\n", json(figures, period, agency)),
    }
}

const HEAD: &str =
    "                                          plans  accepted  with warnings    ratio          rejected         ratio";

fn text(figures: &GateFigures, period: Period, agency: Option<&str>) -> String {
    let of = agency.map(|agency| format!(" of agency {agency}")).unwrap_or_default();
    let mut text = format!(
        "{MARK}\nFIG-20, the gate itself: plans{of} received from {} to {} (UTC), newest version of each\n\
         ratio: the rate of a row divided by that of all plans; above 1.25 with 50 plans or more, look at the rules\n",
        period.from, period.to
    );
    let mut say = |words: String| text.push_str(&(words + "\n"));
    if figures.plans.all() == 0 {
        say("\nNo plans were received in this period.".to_owned());
    } else {
        say(format!("\n{HEAD}"));
        say(line(figures, "all plans", &figures.plans));
        for dimension in &figures.dimensions {
            say(dimension.name.to_owned());
            dimension.rows.iter().for_each(|(row, verdicts)| say(line(figures, &format!("  {row}"), verdicts)));
        }
    }
    say(format!("\nrecords that could not be filed as a plan: {}", figures.not_filed));
    text
}

fn line(figures: &GateFigures, name: &str, row: &Verdicts) -> String {
    let part = |count: u64, against: Against| {
        let look = if against.look { " look" } else { "" };
        format!("{count:>7} {:>8}{:>9}{look:<5}", percent(count, row.all()), ratio(against))
    };
    let (warned, rejected) = (figures.warnings(row), figures.rejections(row));
    let line = format!(
        "{name:<39}{:>8}{:>10}{}{}",
        row.all(),
        row.accepted,
        part(row.accepted_with_warnings, warned),
        part(row.rejected, rejected)
    );
    line.trim_end().to_owned()
}

fn csv(figures: &GateFigures, period: Period, agency: Option<&str>) -> String {
    let mut text = "mark,from,to,agency,dimension,row,plans,accepted,accepted_with_warnings,rejected,warning_ratio,\
                    rejection_ratio,look\n"
        .to_owned();
    let start = format!("\"{MARK}\",{},{},{}", period.from, period.to, agency.map(quoted).unwrap_or_default());
    let mut line = |dimension: &str, name: &str, row: &Verdicts| {
        let (warned, rejected) = (figures.warnings(row), figures.rejections(row));
        let Verdicts { accepted, accepted_with_warnings, rejected: sent_back } = row;
        let (all, name, look) = (row.all(), quoted(name), looks(warned, rejected).join(" "));
        let (warned, rejected) = (ratio(warned), ratio(rejected));
        writeln!(
            text,
            "{start},{dimension},{name},{all},{accepted},{accepted_with_warnings},{sent_back},{warned},{rejected},{look}"
        )
        .expect("writing to a string cannot fail");
    };
    line("all", "all plans", &figures.plans);
    for dimension in &figures.dimensions {
        dimension.rows.iter().for_each(|(row, verdicts)| line(dimension.id, row, verdicts));
    }
    text + &format!("{start},records-not-filed,,{},,,,,,\n", figures.not_filed)
}

fn json(figures: &GateFigures, period: Period, agency: Option<&str>) -> Value {
    let counts = |row: &Verdicts| {
        json!({
            "plans": row.all(), "accepted": row.accepted, "accepted_with_warnings": row.accepted_with_warnings,
            "rejected": row.rejected,
        })
    };
    let row = |(name, row): (&String, &Verdicts)| {
        let (warned, rejected) = (figures.warnings(row), figures.rejections(row));
        let mut said = counts(row);
        said["row"] = json!(name);
        said["warning_ratio"] = json!(ratio(warned).parse::<Number>().ok());
        said["rejection_ratio"] = json!(ratio(rejected).parse::<Number>().ok());
        said["look"] = json!(looks(warned, rejected));
        said
    };
    let dimensions = figures.dimensions.iter();
    let dimensions = dimensions.map(|one| (one.id.to_owned(), one.rows.iter().map(row).collect()));
    json!({
        "mark": MARK, "figure": "FIG-20", "from": period.from.to_string(), "to": period.to.to_string(), "agency": agency,
        "all": counts(&figures.plans), "records_not_filed": figures.not_filed,
        "dimensions": dimensions.collect::<serde_json::Map<_, Value>>(),
    })
}

/// What of a row is to be looked at.
fn looks(warnings: Against, rejections: Against) -> Vec<&'static str> {
    [(warnings, "warnings"), (rejections, "rejections")]
        .into_iter()
        .filter(|(against, _)| against.look)
        .map(|(_, what)| what)
        .collect()
}

/// With two decimals; nothing where there is none.
fn ratio(against: Against) -> String {
    against.ratio.map(|ratio| format!("{}.{:02}", ratio / 100, ratio % 100)).unwrap_or_default()
}
