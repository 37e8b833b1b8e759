//! The set of markers found in a text, small enough to copy. Only their ids ever leave it, never the text they matched.

use std::{fmt, ops::BitOrAssign};

/// A set of markers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Markers(u32);

const NAMES: [&str; 18] =
    ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "S1", "S3", "S4", "S5", "S8", "S9", "D", "OTHERS", "NAME"];

#[allow(missing_docs)]
impl Markers {
    pub const NONE: Self = Self(0);
    pub const C1: Self = Self(1);
    pub const C2: Self = Self(1 << 1);
    pub const C3: Self = Self(1 << 2);
    pub const C4: Self = Self(1 << 3);
    pub const C5: Self = Self(1 << 4);
    pub const C6: Self = Self(1 << 5);
    pub const C7: Self = Self(1 << 6);
    pub const C8: Self = Self(1 << 7);
    pub const C9: Self = Self(1 << 8);
    pub const S1: Self = Self(1 << 9);
    pub const S3: Self = Self(1 << 10);
    pub const S4: Self = Self(1 << 11);
    pub const S5: Self = Self(1 << 12);
    pub const S8: Self = Self(1 << 13);
    pub const S9: Self = Self(1 << 14);
    pub const D: Self = Self(1 << 15);
    pub const OTHERS: Self = Self(1 << 16);
    /// A sentence about the person by their preferred name.
    pub const NAME: Self = Self(1 << 17);
}

impl Markers {
    /// Markers that weigh beside first person.
    pub const WEIGHTY: Self =
        Self::of(&[Self::C3, Self::C4, Self::C5, Self::C6, Self::C7, Self::S3, Self::S4, Self::S5]);
    /// Clinician's kinds; C9 and S9 only turn first person into borderline and are none.
    pub const KINDS: Self = Self::of(&[Self::WEIGHTY, Self::C1, Self::C2, Self::C8, Self::S1, Self::S8]);

    /// The union of several.
    pub const fn of(several: &[Self]) -> Self {
        let mut all = 0;
        let mut next = 0;
        while next < several.len() {
            all |= several[next].0;
            next += 1;
        }
        Self(all)
    }

    /// Whether any of these was found.
    pub const fn any(self, these: Self) -> bool {
        self.0 & these.0 != 0
    }

    /// How many of these were found.
    pub const fn count(self, these: Self) -> u32 {
        (self.0 & these.0).count_ones()
    }

    /// The ids, in the order of the tables.
    pub fn ids(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().enumerate().filter(move |(bit, _)| self.0 & (1 << bit) != 0).map(|(_, id)| *id)
    }
}

impl BitOrAssign for Markers {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl fmt::Display for Markers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, id) in self.ids().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            f.write_str(id)?;
        }
        Ok(())
    }
}
