//! Times of a run as a user writes them: `1.7ms`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Units and the decimal digits that lie between them and a nanosecond.
const UNITS: [(&str, usize); 4] = [("ns", 0), ("us", 3), ("ms", 6), ("s", 9)];

/// A time from the start of a run in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment(pub u64);

/// No time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("time {0:?} (legal: a number with a unit, ns, us, ms or s, in whole nanoseconds below 2^64, such as 1.7ms)")]
pub struct MomentError(String);

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        nanoseconds(text).map(Self).ok_or_else(|| MomentError(text.to_owned()))
    }
}

fn nanoseconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic())?);
    let (_, digits) = *UNITS.iter().find(|(name, _)| *name == unit)?;
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction.trim_end_matches('0')),
        Some(_) => return None,
        None => (number, ""),
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > digits {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

impl fmt::Display for Moment {
    /// In the largest unit that needs no fraction.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |digits: usize| self.0 != 0 && self.0.is_multiple_of(10u64.pow(digits as u32));
        let (unit, digits) = UNITS.into_iter().rev().find(|(_, digits)| fits(*digits)).unwrap_or(UNITS[0]);
        write!(f, "{}{unit}", self.0 / 10u64.pow(digits as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fractions_are_exact() {
        let cases = [("1.7ms", 1_700_000), ("0.001us", 1), ("3s", 3_000_000_000), ("250ns", 250), ("2.50us", 2_500)];
        for (text, expected) in cases {
            assert_eq!(text.parse(), Ok(Moment(expected)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_is_legal() {
        for text in
            ["", "5", "ms", "1.ms", ".5ms", "-1ms", "1.5ns", "1 ms", "1m", "1e3ns", "99999999999999s", "1ms2", "é1ms"]
        {
            let error = text.parse::<Moment>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("time {text:?} (legal: a number with a unit")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_back(nanoseconds: u64) {
            let moment = Moment(nanoseconds);
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }
}
