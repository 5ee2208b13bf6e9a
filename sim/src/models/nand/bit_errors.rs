//! Bit errors: how many bits of a page read wrong, and which.

use super::flash::FlashParameters;
use super::random::{hash, unit};
use std::collections::BTreeSet;

/// Nanoseconds of a year of 365 days.
pub const YEAR_NANOSECONDS: u64 = 365 * 24 * 3_600 * 1_000_000_000;

/// What a page has gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageHistory {
    /// Erases of its block.
    pub erases: u32,
    /// Array reads of its block since the erase.
    pub block_reads: u64,
    /// Nanoseconds since it was programmed.
    pub retention_nanoseconds: u64,
}

/// The raw bit error rate of a page, at most 0.5:
///
/// `(fresh + (worn - fresh) x w^exponent) x (1 + retention_per_year x years x w) + per_block_read x reads`
///
/// with the wear `w = erases / endurance`. It never falls while the page is kept.
pub fn raw_bit_error_rate(flash: &FlashParameters, history: PageHistory) -> f64 {
    let errors = &flash.errors;
    let wear = f64::from(history.erases) / f64::from(flash.endurance);
    let years = history.retention_nanoseconds as f64 / YEAR_NANOSECONDS as f64;
    let written = errors.fresh + (errors.worn - errors.fresh) * wear.powf(errors.wear_exponent);
    let kept = written * (1.0 + errors.retention_per_year * years * wear);
    (kept + errors.per_block_read * history.block_reads as f64).min(0.5)
}

/// The bits of a page that read wrong when `mean` are expected to.
///
/// Weak bits of a page, named by `keys`, fail in a fixed order, each when the mean passes a threshold of its own; the
/// thresholds are a Poisson process. So the number of errors is Poisson distributed, and a bit that failed stays so.
pub(super) fn failed_bits(seed: u64, keys: &[u64], mean: f64, bits: usize) -> BTreeSet<usize> {
    let page = hash(seed, keys);
    let mut threshold = 0.0;
    let mut failed = BTreeSet::new();
    for weak in 0.. {
        threshold -= (1.0 - unit(page, &[weak, 0])).ln();
        if threshold > mean {
            break;
        }
        failed.insert((hash(page, &[weak, 1]) % bits as u64) as usize);
    }
    failed
}
