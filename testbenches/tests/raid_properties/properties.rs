//! The properties: what must be true of every run.

use crate::case::Case;
use crate::data_path::Outcome;
use anyhow::{Context, Result, ensure};
use hardpath_testbenches::golden::{ArrayImage, xor_parity};
use std::collections::HashSet;

/// A property of a finished run.
pub type Property = fn(&Case, &Outcome) -> Result<()>;

/// What was written is read back, whatever lane is missing.
pub fn reads_back(case: &Case, outcome: &Outcome) -> Result<()> {
    let first = case.data.iter().zip(&outcome.read_back).position(|(written, read)| written != read);
    ensure!(outcome.read_back.len() == case.data.len(), "{} bytes read back", outcome.read_back.len());
    match first {
        Some(at) => Err(anyhow::anyhow!("byte {at} of {} was read back wrong", case.data.len())),
        None => Ok(()),
    }
}

/// Every lane holds what the golden model puts there.
pub fn lanes_equal_golden(case: &Case, outcome: &Outcome) -> Result<()> {
    let golden = ArrayImage::write(case.geometry(), &case.data);
    for (lane, (image, expected)) in outcome.lanes.iter().zip(golden.lanes()).enumerate() {
        ensure!(image.as_ref().is_none_or(|image| image == expected), "lane {lane} differs from the golden image");
    }
    Ok(())
}

/// The exclusive or over all lanes of a stripe is zero. Nothing is said where a lane had failed before writing.
pub fn stripes_sum_to_zero(case: &Case, outcome: &Outcome) -> Result<()> {
    let Some(lanes) = whole(outcome) else { return Ok(()) };
    for stripe in 0..case.geometry().stripes_for(case.data.len()) {
        let strips = strips_of(case, &lanes, stripe)?;
        ensure!(xor_parity(&strips).iter().all(|byte| *byte == 0), "the sum of stripe {stripe} is not zero");
    }
    Ok(())
}

/// The strip that is no data lies one lane lower from stripe to stripe, and on the last lane in the first one. It is told
/// from data strips by its content, without the golden model. Stripes that are not full are left out.
pub fn parity_rotates(case: &Case, outcome: &Outcome) -> Result<()> {
    let Some(lanes) = whole(outcome) else { return Ok(()) };
    let geometry = case.geometry();
    let data: HashSet<&[u8]> = case.data.chunks(geometry.strip_bytes()).collect();
    for stripe in 0..case.data.len() / geometry.stripe_data_bytes() {
        let strips = strips_of(case, &lanes, stripe)?;
        let parity: Vec<usize> = (0..strips.len()).filter(|lane| !data.contains(strips[*lane])).collect();
        let expected = (strips.len() - 1) - stripe % strips.len();
        ensure!(parity == [expected], "parity of stripe {stripe} on lanes {parity:?}, due on {expected}");
    }
    Ok(())
}

fn whole(outcome: &Outcome) -> Option<Vec<&Vec<u8>>> {
    outcome.lanes.iter().map(Option::as_ref).collect()
}

fn strips_of<'a>(case: &Case, lanes: &[&'a Vec<u8>], stripe: usize) -> Result<Vec<&'a [u8]>> {
    let bytes = case.geometry().strip_bytes();
    let range = stripe * bytes..(stripe + 1) * bytes;
    lanes
        .iter()
        .map(|lane| lane.get(range.clone()).with_context(|| format!("stripe {stripe} lies on no lane")))
        .collect()
}
