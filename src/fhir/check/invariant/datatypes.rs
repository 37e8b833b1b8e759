//! Invariants of datatypes.

use super::{Here, Invariant, is_after};
use crate::{fhir::check::primitive::Primitive, rules::Severity::Error};

const UCUM: &str = "http://unitsofmeasure.org";

/// The invariants, by type.
pub(super) const ALL: &[Invariant] = &[
    Invariant {
        on: &["Extension"],
        key: "ext-1",
        severity: Error,
        at: "",
        says: "An extension has either a value or extensions of its own, and one of the two.",
        holds: |here| here.has("extension") != here.has("value"),
    },
    Invariant {
        on: &["Quantity", "SimpleQuantity", "MoneyQuantity", "Age", "Count", "Distance", "Duration"],
        key: "qty-3",
        severity: Error,
        at: "code",
        says: "A unit given as a code needs its system.",
        holds: |here| !here.has("code") || here.has("system"),
    },
    Invariant {
        on: &["Age"],
        key: "age-1",
        severity: Error,
        at: "",
        says: "An age has a code of UCUM and is above zero.",
        holds: |here| has_unit(here) && here.number("value").is_none_or(|value| value > 0.0),
    },
    Invariant {
        on: &["Distance"],
        key: "dis-1",
        severity: Error,
        at: "",
        says: "A distance has a code of UCUM.",
        holds: has_unit,
    },
    Invariant {
        on: &["Count"],
        key: "cnt-3",
        severity: Error,
        at: "",
        says: "A count is a whole number with UCUM's code 1.",
        holds: |here| {
            let is_whole = here.node("value").is_none_or(|value| !here.tape().text(value).contains('.'));
            has_unit(here) && is_whole && here.text("code").is_none_or(|code| code == "1")
        },
    },
    Invariant {
        on: &["Duration"],
        key: "drt-1",
        severity: Error,
        at: "",
        says: "A duration with a code has UCUM as its system, and a value.",
        holds: |here| !here.has("code") || (is_ucum(here) && here.has("value")),
    },
    Invariant {
        on: &["Attachment"],
        key: "att-1",
        severity: Error,
        at: "contentType",
        says: "An attachment with data says its contentType.",
        holds: |here| !here.has("data") || here.has("contentType"),
    },
    Invariant {
        on: &["ContactPoint"],
        key: "cpt-2",
        severity: Error,
        at: "system",
        says: "A contact point with a value says its system: phone, email or another.",
        holds: |here| !here.has("value") || here.has("system"),
    },
    Invariant {
        on: &["Period"],
        key: "per-1",
        severity: Error,
        at: "",
        says: "A period does not end before it starts.",
        holds: |here| match (here.text("start"), here.text("end")) {
            (Some(start), Some(end)) => !is_after(&start, &end),
            _ => true,
        },
    },
    Invariant {
        on: &["Range"],
        key: "rng-2",
        severity: Error,
        at: "",
        says: "A range's low is not above its high.",
        holds: |here| {
            let bound =
                |name: &str| here.tape().text(here.tape().member(here.node(name)?, "value")?).parse::<f64>().ok();
            bound("low").zip(bound("high")).is_none_or(|(low, high)| low <= high)
        },
    },
    Invariant {
        on: &["Ratio"],
        key: "rat-1",
        severity: Error,
        at: "",
        says: "A ratio has both numerator and denominator, or an extension that says why not.",
        holds: |here| {
            here.has("numerator") == here.has("denominator") && (here.has("numerator") || here.has("extension"))
        },
    },
    Invariant {
        on: &["Expression"],
        key: "exp-1",
        severity: Error,
        at: "",
        says: "An expression is given, or a reference to one.",
        holds: |here| here.has("expression") || here.has("reference"),
    },
    needs("tim-1", "durationUnit", "A duration needs its durationUnit.", |here| {
        !here.has("duration") || here.has("durationUnit")
    }),
    needs("tim-2", "periodUnit", "A period needs its periodUnit.", |here| {
        !here.has("period") || here.has("periodUnit")
    }),
    needs("tim-4", "duration", "A duration is not below zero.", |here| is_not_below_zero(here, "duration")),
    needs("tim-5", "period", "A period is not below zero.", |here| is_not_below_zero(here, "period")),
    needs("tim-6", "period", "A periodMax needs its period.", |here| !here.has("periodMax") || here.has("period")),
    needs("tim-7", "duration", "A durationMax needs its duration.", |here| {
        !here.has("durationMax") || here.has("duration")
    }),
    needs("tim-8", "count", "A countMax needs its count.", |here| !here.has("countMax") || here.has("count")),
    needs("tim-9", "offset", "An offset needs a when that is no meal itself.", |here| {
        let is_meal = |when: &str| matches!(when, "C" | "CM" | "CD" | "CV");
        let whens = here.items("when");
        let said = |when: &usize| here.tape().string(*when).is_some_and(|when| !is_meal(&when));
        !here.has("offset") || (!whens.is_empty() && whens.iter().all(said))
    }),
    needs("tim-10", "timeOfDay", "timeOfDay and when are not given together.", |here| {
        !here.has("timeOfDay") || !here.has("when")
    }),
    Invariant {
        on: &["Coding", "Identifier", "Quantity"],
        key: "",
        severity: Error,
        at: "system",
        says: "A system is an absolute URI, such as http://loinc.org.",
        holds: |here| here.text("system").is_none_or(|system| !Primitive::Uri.fits(&system) || is_absolute(&system)),
    },
];

/// An invariant of `Timing.repeat`.
const fn needs(
    key: &'static str,
    at: &'static str,
    says: &'static str,
    holds: fn(&Here<'_, '_, '_>) -> bool,
) -> Invariant {
    Invariant { on: &["Timing.repeat"], key, severity: Error, at, says, holds }
}

fn has_unit(here: &Here<'_, '_, '_>) -> bool {
    (here.has("code") || !here.has("value")) && (!here.has("system") || is_ucum(here))
}

fn is_ucum(here: &Here<'_, '_, '_>) -> bool {
    here.text("system").is_some_and(|system| system == UCUM)
}

fn is_not_below_zero(here: &Here<'_, '_, '_>, name: &str) -> bool {
    here.number(name).is_none_or(|number| number >= 0.0)
}

fn is_absolute(uri: &str) -> bool {
    let scheme = uri.split_once(':').map(|(scheme, _)| scheme);
    let fits = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    scheme.is_some_and(fits)
}
