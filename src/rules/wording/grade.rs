//! The reading grade of English text, after Flesch and Kincaid: longer sentences and longer words give a higher grade.
//!
//! Syllables are counted by groups of vowels, which is right on the average of a hundred words and not on each.

/// How hard a text is to read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grade {
    /// Words counted.
    pub words: u32,
    /// The school grade.
    pub grade: f64,
}

impl Grade {
    /// Reads a text; nothing when it has no word.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (mut words, mut syllables, mut sentences, mut open) = (0_u32, 0_u32, 0_u32, false);
        for part in text.split_whitespace() {
            let letters = part.trim_matches(|c: char| !c.is_alphanumeric());
            if letters.chars().any(char::is_alphabetic) {
                words += 1;
                syllables += syllables_of(letters);
                open = true;
            }
            if open && part.trim_end_matches(['"', '\'', ')', '”', '’']).ends_with(['.', '!', '?', ';', ':']) {
                sentences += 1;
                open = false;
            }
        }
        let sentences = f64::from(sentences + u32::from(open));
        let (count, spoken) = (f64::from(words), f64::from(syllables));
        (words > 0).then(|| Self { words, grade: 0.39 * (count / sentences) + 11.8 * (spoken / count) - 15.59 })
    }
}

/// Groups of vowels, without a silent `e` at the end; at least one.
fn syllables_of(word: &str) -> u32 {
    let (mut count, mut in_vowels) = (0, false);
    let word = word.to_ascii_lowercase();
    for c in word.chars() {
        let is_vowel = matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') || (!c.is_ascii() && c.is_alphabetic());
        count += u32::from(is_vowel && !in_vowels);
        in_vowels = is_vowel;
    }
    let silent = word.ends_with('e') && !word.ends_with("le") && count > 1;
    (count - u32::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::{Grade, syllables_of};

    #[test]
    fn syllables_are_counted_as_spoken() {
        for (word, spoken) in [("cat", 1), ("home", 1), ("table", 2), ("recovery", 4), ("b", 1), ("people", 2)] {
            assert_eq!(syllables_of(word), spoken, "{word}");
        }
    }

    #[test]
    fn long_sentences_of_long_words_are_harder() {
        let grade = |text: &str| Grade::of(text).map_or(0.0, |grade| grade.grade);
        assert!(grade("She bakes bread. Her aunt helps. They sell it at the fair.") < 3.0);
        assert!(
            grade("Comprehensive interdisciplinary coordination necessitates continual reevaluation of utilization")
                > 20.0
        );
        assert_eq!(Grade::of("12 / 30 ..."), None);
    }
}
