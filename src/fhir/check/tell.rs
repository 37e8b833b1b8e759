//! What a walk tells: names that are unknown or doubled, claims that were not looked at, and faults with their places.

use std::borrow::Cow;

use super::{
    fault::{Fault, Found, MOST, Path},
    table::{Member, Type},
    tape::unescaped,
    walk::Walk,
};
use crate::{plan::Place, rules::Severity};

const LAST: usize = MOST - 1;

impl Walk<'_> {
    /// Claims are one note for all: which profiles a resource meets is not looked at.
    pub(super) fn tell_claims(&mut self, name: &'static str) {
        if self.claims > 0 {
            let path = Path { above: None, name, index: None };
            let count = self.claims;
            let message =
                format!("{count} claims of profiles (meta.profile) were not looked at: this is base FHIR R4 only.");
            self.push(Severity::Information, "not-supported", message, "", 0, path.expression());
        }
    }

    pub(super) fn tell_twice(&mut self, member: &Member, at: usize, path: &Path<'_>, first: usize) {
        let is_same = unescaped(self.tape.name(first)).trim_start_matches('_') == member.name;
        let name = member.name;
        let message = if is_same {
            format!("{name} is there twice in one object; only one of the two would be read.")
        } else {
            format!("{name} is a second value of a choice of types; only one may be given.")
        };
        self.error("structure", at, path, message);
    }

    pub(super) fn tell_unknown(&mut self, kind: &Type, at: usize, path: &Path<'_>) {
        let name = unescaped(self.tape.name(at));
        let plain = name.strip_prefix('_').unwrap_or(&name);
        let is_name = (1..=48).contains(&plain.len()) && plain.bytes().all(|b| b.is_ascii_alphanumeric());
        let owner = kind.name;
        let choice = kind.elements.iter().find(|element| {
            let rest = plain.strip_prefix(element.name).unwrap_or_default();
            rest.starts_with(|c: char| c.is_ascii_uppercase()) && kind.member(element.name).is_none()
        });
        if let Some(choice) = choice {
            let message = format!("{}[x] of {owner} is not given as this type.", choice.name);
            self.error("structure", at, &path.to(choice.name), message);
        } else if is_name {
            self.error("structure", at, &path.to(plain), format!("{owner} has no element of this name in FHIR R4."));
        } else {
            self.error("structure", at, path, format!("{owner} holds something that is no element of FHIR R4."));
        }
    }

    /// An error.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        at: usize,
        path: &Path<'_>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.fault(code, "", at, path, message);
    }

    /// An error, with the key of its invariant.
    pub(super) fn fault(
        &mut self,
        code: &'static str,
        key: &'static str,
        at: usize,
        path: &Path<'_>,
        message: impl Into<Cow<'static, str>>,
    ) {
        let offset = self.tape.offset(at);
        self.is_flawed = true;
        self.push(Severity::Error, code, message, key, offset, path.expression());
    }

    /// A fault of any weight.
    pub(super) fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
        key: &'static str,
        at: usize,
        expression: String,
    ) {
        let (mut code, mut message) = (code, message.into());
        match self.found.len() {
            MOST.. => return,
            LAST => {
                (code, message) = ("too-costly", "More is wrong than is told here; please begin with these.".into())
            }
            _ => {}
        }
        let fault = Fault { severity, code, message, key, expression, place: Place::default() };
        self.found.push(Found { at, fault });
    }
}
