//! Codes and dates in words, English and Spanish. A code without words, or outside its vocabulary, is shown as it stands.

use super::Language;
use crate::plan::{code::Vocabulary, date::PlanDate};

/// Vocabulary, code, English, Spanish.
#[rustfmt::skip]
pub(super) const CODES: &[(&str, &str, &str, &str)] = &[
    ("goal-status", "proposed", "proposed", "propuesta"),
    ("goal-status", "active", "under way", "en marcha"),
    ("goal-status", "on-hold", "resting for now", "en pausa por ahora"),
    ("goal-status", "achieved", "reached", "lograda"),
    ("goal-status", "changed-my-mind", "I changed my mind", "cambié de idea"),
    ("goal-status", "no-longer-wanted", "I no longer want it", "ya no la quiero"),
    ("goal-status", "replaced", "another goal took its place", "otra meta tomó su lugar"),
    ("action-status", "planned", "planned", "planeado"),
    ("action-status", "under-way", "under way", "en marcha"),
    ("action-status", "done", "done", "hecho"),
    ("action-status", "stopped", "stopped", "se dejó"),
    ("action-status", "paused", "resting for now", "en pausa por ahora"),
    ("action-status", "entered-in-error", "entered by mistake", "anotado por error"),
    ("goal-achievement", "in-progress", "in progress", "en progreso"),
    ("goal-achievement", "improving", "getting better", "va mejor"),
    ("goal-achievement", "worsening", "harder than before", "más difícil que antes"),
    ("goal-achievement", "no-change", "as before", "como antes"),
    ("goal-achievement", "achieved", "reached", "lograda"),
    ("goal-achievement", "sustaining", "reached, and it holds", "lograda, y se mantiene"),
    ("goal-achievement", "not-achieved", "not reached", "no lograda"),
    ("goal-achievement", "no-progress", "not moving yet", "aún sin avance"),
    ("goal-achievement", "not-attainable", "cannot be reached now", "no se puede alcanzar ahora"),
    ("capture-method", "written-by-person", "I wrote them", "las escribí yo"),
    ("capture-method", "typed-by-person", "I typed them", "las escribí a máquina yo"),
    ("capture-method", "spoken-verbatim", "I said them, and they were taken down as I said them", "las dije, y se anotaron como las dije"),
    ("capture-method", "signed-and-voiced", "I signed them, and they were voiced", "las dije en señas, y se pusieron en voz"),
    ("capture-method", "interpreted", "I said them in my language, through an interpreter", "las dije en mi idioma, con intérprete"),
    ("capture-method", "aac-device", "I said them with my device", "las dije con mi dispositivo"),
    ("capture-method", "pictures-or-objects", "I showed them with pictures or objects", "las mostré con imágenes u objetos"),
    ("capture-method", "written-down-by-staff-and-read-back", "staff wrote them down and read them back to me", "el personal las escribió y me las leyó"),
    ("capture-method", "observed-and-confirmed-by-people-who-know-me", "people who know me understood and confirmed them", "personas que me conocen las entendieron y confirmaron"),
    ("capture-method", "staff-summary", "staff summed them up", "el personal las resumió"),
    ("capture-method", "selected-from-list", "they were picked from a list", "se eligieron de una lista"),
    ("capture-method", "unknown", "the record does not say", "el registro no lo dice"),
    ("participant-role", "person", "me", "yo"),
    ("participant-role", "family", "family", "familia"),
    ("participant-role", "friend", "friend", "amistad"),
    ("participant-role", "guardian", "guardian", "tutor o tutora"),
    ("participant-role", "peer", "peer supporter", "acompañante par"),
    ("participant-role", "clinician", "clinician", "profesional clínico"),
    ("participant-role", "prescriber", "prescriber", "quien receta"),
    ("participant-role", "case-manager", "care coordinator", "coordinación de apoyos"),
    ("participant-role", "interpreter", "interpreter", "intérprete"),
    ("participant-role", "advocate", "advocate", "defensor o defensora"),
    ("participant-role", "other", "another role", "otro papel"),
    ("peer-support-status", "accepted", "I said yes", "dije que sí"),
    ("peer-support-status", "declined", "I said no for now", "dije que no por ahora"),
    ("peer-support-status", "ended-by-person", "I ended it", "yo lo terminé"),
    ("peer-support-status", "offered-waiting", "offered, and I am waiting for it", "me lo ofrecieron y lo espero"),
    ("peer-support-status", "not-offered", "not offered yet", "todavía no me lo ofrecieron"),
    ("peer-support-status", "not-available", "not available here", "no lo hay aquí"),
    ("crisis-status", "in-plan", "it is written here", "está escrito aquí"),
    ("crisis-status", "linked", "it is in another plan", "está en otro plan"),
    ("crisis-status", "declined", "I did not want to write about it now", "no quise escribir sobre esto ahora"),
    ("crisis-status", "offered-later", "we talk about it later", "hablaremos de esto después"),
    ("crisis-status", "not-offered", "we have not talked about it yet", "todavía no hemos hablado de esto"),
    ("person-agrees", "yes", "I agree with this plan.", "Estoy de acuerdo con este plan."),
    ("person-agrees", "partly", "I agree with parts of this plan.", "Estoy de acuerdo con partes de este plan."),
    ("person-agrees", "no", "I do not agree with this plan.", "No estoy de acuerdo con este plan."),
    ("person-agrees", "not-asked", "I have not been asked yet.", "Todavía no me han preguntado."),
    ("no-goal-reason", "declined", "I did not want to name one now", "no quise nombrar una ahora"),
    ("no-goal-reason", "still-exploring", "I am still finding out", "todavía estoy descubriendo"),
    ("no-goal-reason", "unable-at-this-time", "it is not the time for it", "no es el momento"),
    ("no-goal-reason", "crisis-admission", "first other things had to be taken care of", "primero hubo que atender otras cosas"),
    ("no-goal-reason", "other", "for another reason", "por otra razón"),
];

#[rustfmt::skip]
const MONTHS: [(&str, &str); 12] = [
    ("January", "enero"), ("February", "febrero"), ("March", "marzo"), ("April", "abril"), ("May", "mayo"),
    ("June", "junio"), ("July", "julio"), ("August", "agosto"), ("September", "septiembre"), ("October", "octubre"),
    ("November", "noviembre"), ("December", "diciembre"),
];

/// A code in words.
pub(super) fn code<V: Vocabulary>(code: &V, language: Language) -> &str {
    let known = CODES.iter().find(|(name, known, ..)| *name == V::NAME && *known == code.as_str());
    known.map_or(code.as_str(), |(_, _, english, spanish)| language.pick((english, spanish)))
}

/// A date in words, as exact as it was given; what is no date is shown as it stands.
pub(super) fn date(date: &PlanDate, language: Language) -> String {
    let (Some(day), Some(given)) = (date.day(), date.date_part()) else { return date.as_str().to_owned() };
    let (year, number) = (day.year(), day.day());
    let month = usize::try_from(day.month() - 1).ok().and_then(|at| MONTHS.get(at));
    let month = language.pick(*month.expect("a calendar day above made sure that its month is one of twelve"));
    match (given.len(), language) {
        (4, _) => year.to_string(),
        (7, Language::English) => format!("{month} {year}"),
        (7, Language::Spanish) => format!("{month} de {year}"),
        (_, Language::English) => format!("{month} {number}, {year}"),
        (_, Language::Spanish) => format!("{number} de {month} de {year}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{CODES, Language, date};
    use crate::plan::{
        action::{ActionStatus, PeerSupportStatus},
        code::Vocabulary,
        crisis::{CrisisStatus, PersonAgrees},
        goal::{AchievementCode, CaptureMethod, GoalStatus, NoGoalReason},
        planning::ParticipantRole,
    };

    #[test]
    fn every_code_that_is_shown_has_words() {
        fn all<V: Vocabulary>() -> Vec<(&'static str, &'static str)> {
            V::CODES.iter().map(|code| (V::NAME, *code)).collect()
        }
        let shown = [
            all::<GoalStatus>(),
            all::<ActionStatus>(),
            all::<AchievementCode>(),
            all::<CaptureMethod>(),
            all::<ParticipantRole>(),
            all::<PeerSupportStatus>(),
            all::<CrisisStatus>(),
            all::<PersonAgrees>(),
            all::<NoGoalReason>(),
        ]
        .concat();
        let told: Vec<(&str, &str)> = CODES.iter().map(|(name, code, ..)| (*name, *code)).collect();
        assert_eq!(told, shown);
    }

    #[test]
    fn dates_are_told_as_exactly_as_they_were_given() {
        for (given, english, spanish) in [
            ("2025-03-03", "March 3, 2025", "3 de marzo de 2025"),
            ("2028-06", "June 2028", "junio de 2028"),
            ("2026", "2026", "2026"),
            ("2025-12-31T23:30:00-05:00", "December 31, 2025", "31 de diciembre de 2025"),
            ("soon", "soon", "soon"),
            ("1994-02-29", "1994-02-29", "1994-02-29"),
        ] {
            assert_eq!(date(&given.into(), Language::English), english);
            assert_eq!(date(&given.into(), Language::Spanish), spanish);
        }
    }
}
