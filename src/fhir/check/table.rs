//! FHIR R4's types as `profiles/r4.table` lists them, read once into rows that a check looks up by index.
//!
//! `profiles/make_table` says what the lines mean. Nothing here is about a resource at hand.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    invariant::{self, Invariant},
    primitive::Primitive,
};

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../../../profiles/r4.table")));

/// All types of R4.
#[derive(Debug)]
pub(super) struct Table {
    types: Vec<Type>,
    sets: Vec<Set>,
    by_name: HashMap<&'static str, usize>,
    /// Index of the type that a primitive's other half is.
    pub(super) element: usize,
}

/// A datatype, a resource, or a part of one.
#[derive(Debug)]
pub(super) struct Type {
    /// Its name; of a part, the path.
    pub(super) name: &'static str,
    /// Whether it can be a resource by itself.
    pub(super) is_resource: bool,
    /// Its elements; a choice of types is one.
    pub(super) elements: Vec<Element>,
    /// What else must hold.
    pub(super) invariants: Vec<&'static Invariant>,
    members: Vec<Member>,
    /// Indices into `members` by the hash of the name.
    places: Vec<u16>,
}

/// An element, whatever its type.
#[derive(Debug)]
pub(super) struct Element {
    /// Its name; of a choice, without the type.
    pub(super) name: &'static str,
    /// Whether it has to be there.
    pub(super) is_required: bool,
    /// Whether it repeats, so that JSON has a list.
    pub(super) is_list: bool,
    /// Whether each of its types is primitive.
    pub(super) is_primitive: bool,
    /// The codes that it must have.
    pub(super) set: Option<usize>,
}

/// A name that an object of JSON may have.
#[derive(Debug)]
pub(super) struct Member {
    /// The name.
    pub(super) name: &'static str,
    /// Its element's index.
    pub(super) element: usize,
    /// What its value is.
    pub(super) holds: Holds,
    /// Types that a reference may lead to; all when empty.
    pub(super) targets: Vec<&'static str>,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Primitive(Primitive),
    /// A type, by its index.
    Object(usize),
    Reference(usize),
    Coding(usize),
    CodeableConcept(usize),
    Resource,
    /// The name of a resource's own type.
    TypeName,
}

/// The codes of a required binding.
#[derive(Debug)]
pub(super) struct Set {
    /// Its short name.
    pub(super) name: &'static str,
    /// Code systems with their codes, sorted.
    pub(super) systems: Vec<(&'static str, Vec<&'static str>)>,
}

const NOWHERE: u16 = u16::MAX;

/// The types of R4.
pub(super) fn table() -> &'static Table {
    &TABLE
}

impl Table {
    /// The type of an index.
    pub(super) fn get(&self, kind: usize) -> &Type {
        &self.types[kind]
    }

    /// The index of a type.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The resource type of a name, however it is capitalised.
    pub(super) fn resource_named(&self, name: &str) -> Option<&'static str> {
        self.types.iter().find(|kind| kind.is_resource && kind.name.eq_ignore_ascii_case(name)).map(|kind| kind.name)
    }

    /// The codes of an index.
    pub(super) fn set(&self, set: usize) -> &Set {
        &self.sets[set]
    }

    fn read(text: &'static str) -> Self {
        let mut raw = Raw::default();
        text.lines().for_each(|line| raw.line(line));
        let types: Vec<Type> = (0..raw.types.len()).map(|kind| raw.build(kind)).collect();
        let element = raw.by_name["Element"];
        Self { types, sets: raw.sets, by_name: raw.by_name, element }
    }
}

impl Type {
    /// The member of a name.
    pub(super) fn member(&self, name: &str) -> Option<&Member> {
        let mask = self.places.len() - 1;
        let mut at = hash(name) & mask;
        loop {
            let member = self.members.get(usize::from(self.places[at]))?;
            if member.name == name {
                return Some(member);
            }
            at = (at + 1) & mask;
        }
    }

    /// The index of an element.
    pub(super) fn element(&self, name: &str) -> Option<usize> {
        self.elements.iter().position(|element| element.name == name)
    }

    fn place_members(&mut self) {
        let size = (self.members.len() * 2).next_power_of_two().max(2);
        self.places = vec![NOWHERE; size];
        for (index, member) in self.members.iter().enumerate() {
            let mut at = hash(member.name) & (size - 1);
            while self.places[at] != NOWHERE {
                at = (at + 1) & (size - 1);
            }
            self.places[at] = u16::try_from(index).expect("a type has some hundred members at most");
        }
    }
}

fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let letter = |at: usize| bytes.get(at).copied().map_or(0, usize::from);
    let length = bytes.len();
    letter(0) ^ (letter(length / 2) << 2) ^ (letter(length.saturating_sub(1)) << 4) ^ (length << 1)
}

/// The lines as they stand.
#[derive(Default)]
struct Raw {
    types: Vec<(&'static str, &'static str, &'static str, Vec<&'static str>)>,
    by_name: HashMap<&'static str, usize>,
    sets: Vec<Set>,
    set_by_name: HashMap<&'static str, usize>,
    is_in_set: bool,
}

impl Raw {
    fn line(&mut self, line: &'static str) {
        let mut words = line.split(' ');
        match words.next() {
            Some("set") => {
                let name = words.next().unwrap_or_default();
                self.set_by_name.insert(name, self.sets.len());
                self.sets.push(Set { name, systems: Vec::new() });
                self.is_in_set = true;
            }
            Some("type") => {
                let mut word = || words.next().unwrap_or_default();
                let (name, _, base, kind) = (word(), word(), word(), word());
                self.by_name.insert(name, self.types.len());
                self.types.push((name, base, kind, Vec::new()));
                self.is_in_set = false;
            }
            Some("") if self.is_in_set => {
                let system = words.next().unwrap_or_default();
                let set = self.sets.last_mut().expect("a line `set` above made sure");
                set.systems.push((system, words.collect()));
            }
            Some("") => {
                let own = self.types.last_mut().expect("a line `type` above made sure");
                own.3.push(&line[1..]);
            }
            _ => {}
        }
    }

    fn build(&self, kind: usize) -> Type {
        let (name, _, of, _) = self.types[kind];
        let is_resource = of == "resource";
        let mut built = Type {
            name,
            is_resource,
            elements: Vec::new(),
            invariants: invariant::of(name),
            members: Vec::new(),
            places: Vec::new(),
        };
        if is_resource {
            let member = Member { name: "resourceType", element: 0, holds: Holds::TypeName, targets: Vec::new() };
            built.add("resourceType", "01", None, vec![member]);
        }
        for line in self.lines(kind) {
            self.add_line(&mut built, line);
        }
        built.place_members();
        built
    }

    /// The lines of a type, those of its base first.
    fn lines(&self, kind: usize) -> Vec<&'static str> {
        let (_, base, _, own) = &self.types[kind];
        let mut lines = self.by_name.get(base).map(|base| self.lines(*base)).unwrap_or_default();
        lines.extend(own);
        lines
    }

    fn add_line(&self, built: &mut Type, line: &'static str) {
        let mut words = line.split(' ');
        let (name, count, kinds) = (words.next(), words.next(), words.next());
        let (Some(name), Some(count), Some(kinds)) = (name, count, kinds) else { return };
        let set = words.next().and_then(|set| self.set_by_name.get(set.trim_start_matches('@')).copied());
        let members = if let Some(name) = name.strip_suffix("[x]") {
            kinds.split('|').map(|kind| self.member(name, kind, true)).collect()
        } else {
            vec![self.member(name, kinds, false)]
        };
        built.add(name.trim_end_matches("[x]"), count, set, members);
    }

    fn member(&self, name: &'static str, kind: &'static str, is_choice: bool) -> Member {
        let (kind, targets) = kind.strip_suffix(')').and_then(|kind| kind.split_once('(')).unwrap_or((kind, ""));
        let targets = targets.split(',').filter(|target| !target.is_empty()).collect();
        let spoken = if kind.ends_with("Quantity") { "Quantity" } else { kind };
        let name: &'static str = if is_choice { choice_name(name, spoken) } else { name };
        Member { name, element: 0, holds: self.holds(name, kind.trim_start_matches('=')), targets }
    }

    fn holds(&self, name: &str, kind: &str) -> Holds {
        if kind == "Resource" {
            return Holds::Resource;
        }
        let Some(index) = self.by_name.get(kind).copied() else {
            let primitive =
                if name == "id" && kind == "string" { Some(Primitive::ElementId) } else { Primitive::named(kind) };
            return Holds::Primitive(primitive.unwrap_or(Primitive::String));
        };
        match kind {
            "Reference" => Holds::Reference(index),
            "Coding" => Holds::Coding(index),
            "CodeableConcept" => Holds::CodeableConcept(index),
            _ => Holds::Object(index),
        }
    }
}

impl Type {
    fn add(&mut self, name: &'static str, count: &str, set: Option<usize>, members: Vec<Member>) {
        let element = self.elements.len();
        self.elements.push(Element {
            name,
            is_required: count.starts_with('1'),
            is_list: count.ends_with('*'),
            is_primitive: members.iter().all(|member| matches!(member.holds, Holds::Primitive(_))),
            set,
        });
        self.members.extend(members.into_iter().map(|member| Member { element, ..member }));
    }
}

/// `value` and `dateTime` make `valueDateTime`. The table is read once, so a name made here may stay for good.
fn choice_name(name: &str, kind: &str) -> &'static str {
    let (first, rest) = kind.split_at(1);
    Box::leak(format!("{name}{}{rest}", first.to_ascii_uppercase()).into_boxed_str())
}

impl Set {
    /// Whether a code is one of the set's, whatever its system. A set that is not listed takes what has the form of its codes.
    pub(super) fn has_code(&self, code: &str) -> bool {
        match self.name {
            // A statement of capabilities names forms in short, too.
            "mimetypes" => is_media_type(code) || matches!(code, "json" | "xml" | "ttl"),
            "currencies" => code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()),
            _ => self.systems.is_empty() || self.systems.iter().any(|(_, codes)| codes.binary_search(&code).is_ok()),
        }
    }

    /// Whether a coding is one of the set's.
    pub(super) fn has(&self, system: &str, code: &str) -> bool {
        let of = self.systems.iter().filter(|(own, _)| *own == system);
        self.systems.is_empty() || of.into_iter().any(|(_, codes)| codes.binary_search(&code).is_ok())
    }
}

fn is_media_type(code: &str) -> bool {
    let name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && !b"()<>@,:\\\"/[]?=".contains(&b))
    };
    let kind = code.split(';').next().unwrap_or_default().trim_end();
    kind.split_once('/').is_some_and(|(kind, sub)| name(kind) && name(sub))
}
