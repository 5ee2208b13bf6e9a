//! Word synchronization is acquired and lost as the rule says.

use hardpath_rtl::line::WordSynchronizer;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// What a word is to the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Data,
    Comma,
    /// A control character that is no comma at its first place.
    OtherControl,
    CodeError(usize),
    DisparityError(usize),
    LateControl(usize),
    MisplacedComma,
}

impl Word {
    fn is_invalid(self) -> bool {
        !matches!(self, Self::Data | Self::Comma | Self::OtherControl)
    }

    fn draw(invalid: f64, random: &mut StdRng) -> Self {
        if random.random_bool(invalid) {
            match random.random_range(0..4) {
                0 => Self::CodeError(random.random_range(0..4)),
                1 => Self::DisparityError(random.random_range(0..4)),
                2 => Self::LateControl(random.random_range(1..4)),
                _ => Self::MisplacedComma,
            }
        } else {
            [Self::Data, Self::Comma, Self::Comma, Self::OtherControl][random.random_range(0..4)]
        }
    }

    fn drive(self, bench: &mut Bench, word: u32) {
        let (mut first, mut control, mut code_error, mut disparity_error) = ((word & 0xFF) as u8, 0, 0, 0);
        match self {
            Self::Data | Self::MisplacedComma => {}
            Self::Comma => (first, control) = (0xBC, 1),
            Self::OtherControl => (first, control) = (0x1C, 1),
            Self::CodeError(place) => code_error = 1 << place,
            Self::DisparityError(place) => disparity_error = 1 << place,
            Self::LateControl(place) => control = 1 << place,
        }
        bench.set("word", u64::from(word & !0xFF | u32::from(first)));
        bench.set("control", control);
        bench.set("code_error", code_error);
        bench.set("disparity_error", disparity_error);
        bench.set("comma_misplaced", u64::from(self == Self::MisplacedComma));
    }
}

/// The rule by itself.
#[derive(Default)]
struct Rule {
    synchronized: bool,
    commas: u32,
    invalid: u32,
    valid_in_a_row: u32,
}

impl Rule {
    fn take(&mut self, word: Word) -> bool {
        if !self.synchronized {
            match word {
                _ if word.is_invalid() => self.commas = 0,
                Word::Comma => self.commas += 1,
                _ => {}
            }
            if self.commas == 3 {
                *self = Self { synchronized: true, ..Self::default() };
            }
        } else if word.is_invalid() {
            self.invalid += 1;
            self.valid_in_a_row = 0;
            if self.invalid == 4 {
                *self = Self::default();
            }
        } else {
            self.valid_in_a_row += 1;
            if self.valid_in_a_row == 2 {
                self.valid_in_a_row = 0;
                self.invalid = self.invalid.saturating_sub(1);
            }
        }
        self.synchronized
    }
}

/// Whether there is synchronization with each word.
fn synchronize(words: &[Word], random: &mut StdRng) -> Vec<bool> {
    let mut bench = Bench::new(WordSynchronizer::default());
    let mut synchronized = vec![];
    let mut last = None;
    for &word in words {
        let bytes = random.random();
        word.drive(&mut bench, bytes);
        bench.clock();
        bench.settle();
        synchronized.push(bench.get("is_synchronized") == 1);
        assert_eq!(bench.get("is_invalid") == 1, word.is_invalid());
        assert_eq!(bench.get("is_ordered_set") == 1, matches!(word, Word::Comma | Word::OtherControl));
        assert_eq!(bench.get("received") as u32 >> 8, bytes >> 8);
        last = Some(word);
    }
    assert!(last.is_some());
    synchronized
}

#[test]
fn three_commas_acquire_and_the_fourth_invalid_word_loses() {
    use Word::{Comma, Data, DisparityError, LateControl};
    let bad = DisparityError(0);
    let words = [
        Comma,
        Comma,
        bad,
        Comma,
        Data,
        Comma,
        Data,
        Comma,
        bad,
        bad,
        bad,
        Data,
        Data,
        bad,
        LateControl(3),
        Data,
        Comma,
    ];
    let expected = [
        false, false, false, false, false, false, false, true, true, true, true, true, true, true, false, false, false,
    ];
    assert_eq!(synchronize(&words, &mut StdRng::seed_from_u64(1)), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn synchronization_follows_the_rule(seed: u64, invalid in 0.0..0.5_f64) {
        let mut random = StdRng::seed_from_u64(seed);
        let words: Vec<_> = (0..500).map(|_| Word::draw(invalid, &mut random)).collect();
        let mut rule = Rule::default();
        let expected: Vec<_> = words.iter().map(|&word| rule.take(word)).collect();
        prop_assert_eq!(synchronize(&words, &mut random), expected);
    }
}
