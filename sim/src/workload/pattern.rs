//! Built-in workloads.

use super::host_command::{HostCommand, Operation};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Part of the commands of [`PatternKind::Mixed`] and [`PatternKind::MixedTrim`] that read.
const MIXED_READS: f64 = 0.7;
/// Part of the others that trim.
const TRIMS: f64 = 0.3;

/// Most commands in flight that a pattern may ask for: the host's tags.
pub const DEEPEST_QUEUE: u32 = 128;

/// Which commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatternKind {
    /// Writes page after page, from the first again behind the last.
    SeqWrite,
    /// Reads random pages.
    RandRead,
    /// Random pages, 70 % read, the others written.
    Mixed,
    /// Random pages, 70 % read, 21 % written, 9 % trimmed.
    MixedTrim,
    /// Writes random pages of a device that was filled before, so that every write makes garbage.
    GcSteady,
}

/// Commands of a built-in workload, the same ones for the same seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Which commands.
    pub kind: PatternKind,
    /// Seed of the random pages.
    pub seed: u64,
    /// Logical pages used, from page 0 on.
    pub pages: u32,
    /// How many commands.
    pub commands: u64,
    /// Most commands in flight.
    pub queue_depth: u32,
}

/// A pattern that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// No pattern of this name.
    #[error("workload {0:?} (legal: {legal}, or the path of a fio iolog)", legal = PatternKind::NAMES.join(", "))]
    Name(String),
    /// A number is out of range.
    #[error("{field} {value} (legal: {legal})")]
    Number {
        /// The field.
        field: &'static str,
        /// What was given.
        value: u64,
        /// What is legal.
        legal: String,
    },
}

impl PatternKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::SeqWrite, Self::RandRead, Self::Mixed, Self::MixedTrim, Self::GcSteady];
    /// Their names, in the same order.
    pub const NAMES: [&'static str; 5] = ["seq-write", "rand-read", "mixed", "mixed-trim", "gc-steady"];

    /// Whether all its pages have to be written before it starts.
    pub fn needs_filled_device(self) -> bool {
        self != Self::SeqWrite
    }
}

impl fmt::Display for PatternKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES[*self as usize])
    }
}

impl FromStr for PatternKind {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let place = Self::NAMES.iter().position(|name| *name == text);
        place.map(|place| Self::ALL[place]).ok_or_else(|| PatternError::Name(text.to_owned()))
    }
}

impl Pattern {
    /// Confirms that every field is in its legal range for a device of `device_pages` pages.
    ///
    /// # Errors
    /// The first field that is not.
    pub fn validate(&self, device_pages: u32) -> Result<(), PatternError> {
        let check = |field, value: u64, most: u64| {
            let legal = format!("1..={most}");
            if (1..=most).contains(&value) { Ok(()) } else { Err(PatternError::Number { field, value, legal }) }
        };
        check("workload pages", self.pages.into(), device_pages.into())?;
        check("workload commands", self.commands, u64::MAX)?;
        check("queue depth", self.queue_depth.into(), DEEPEST_QUEUE.into())
    }

    /// The commands in order.
    pub fn commands(&self) -> impl Iterator<Item = HostCommand> + use<> {
        let Self { kind, pages, commands, .. } = *self;
        let mut random = StdRng::seed_from_u64(self.seed);
        (0..commands).map(move |number| {
            let operation = match kind {
                PatternKind::RandRead => Operation::Read,
                PatternKind::Mixed | PatternKind::MixedTrim if random.random_bool(MIXED_READS) => Operation::Read,
                PatternKind::MixedTrim if random.random_bool(TRIMS) => Operation::Trim,
                _ => Operation::Write,
            };
            let page = match kind {
                PatternKind::SeqWrite => (number % u64::from(pages)) as u32,
                _ => random.random_range(0..pages),
            };
            HostCommand { at: None, operation, page }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(kind: PatternKind) -> Pattern {
        Pattern { kind, seed: 7, pages: 50, commands: 10_000, queue_depth: 32 }
    }

    #[test]
    fn names_are_read_back() {
        for kind in PatternKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        let error = "random".parse::<PatternKind>().unwrap_err().to_string();
        assert_eq!(
            error,
            r#"workload "random" (legal: seq-write, rand-read, mixed, mixed-trim, gc-steady, or the path of a fio iolog)"#
        );
    }

    #[test]
    fn mixed_workloads_read_seven_times_in_ten() {
        for (kind, trims) in [(PatternKind::Mixed, 0..1), (PatternKind::MixedTrim, 800..1_000)] {
            let count = |operation| pattern(kind).commands().filter(|command| command.operation == operation).count();
            assert!((6_800..7_200).contains(&count(Operation::Read)), "{kind}");
            assert!(trims.contains(&count(Operation::Trim)), "{kind}");
        }
    }

    #[test]
    fn sequential_writes_wrap_around() {
        let pages: Vec<u32> = pattern(PatternKind::SeqWrite).commands().skip(48).take(4).map(|c| c.page).collect();
        assert_eq!(pages, [48, 49, 0, 1]);
    }

    #[test]
    fn errors_name_the_field_the_value_and_what_is_legal() {
        let wrong = Pattern { queue_depth: 0, ..pattern(PatternKind::Mixed) };
        assert_eq!(wrong.validate(50).unwrap_err().to_string(), "queue depth 0 (legal: 1..=128)");
        let wrong = pattern(PatternKind::Mixed);
        assert_eq!(wrong.validate(49).unwrap_err().to_string(), "workload pages 50 (legal: 1..=49)");
    }

    proptest! {
        #[test]
        fn commands_stay_on_the_device_and_repeat_with_the_seed(
            kind in 0..PatternKind::ALL.len(),
            seed: u64,
            pages in 1u32..500,
        ) {
            let pattern =
                Pattern { kind: PatternKind::ALL[kind], seed, pages, commands: 200, queue_depth: 1 };
            let commands: Vec<_> = pattern.commands().collect();
            prop_assert_eq!(commands.len(), 200);
            prop_assert!(commands.iter().all(|command| command.page < pages));
            prop_assert_eq!(commands, pattern.commands().collect::<Vec<_>>());
        }
    }
}
