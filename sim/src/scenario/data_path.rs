//! The stripe data path for a geometry that is known at run time.

use crate::engine::{Result, Simulator};
use hardpath_rtl::config::ArrayGeometry;
use hardpath_rtl::raid::StripeDataPath;
use rust_hdl::prelude::Block;

/// Address bits of the parity memory for short strips, and for any strip.
const SHORT: usize = 9;
const LONG: usize = 14;

/// Compiles the data path of a validated geometry.
pub(super) fn simulator(geometry: &ArrayGeometry) -> anyhow::Result<Simulator> {
    let short = geometry.words_per_strip() <= 1 << SHORT;
    match (geometry.word_bits, short) {
        (32, true) => build::<32, SHORT>(geometry),
        (32, false) => build::<32, LONG>(geometry),
        (64, true) => build::<64, SHORT>(geometry),
        (64, false) => build::<64, LONG>(geometry),
        (128, true) => build::<128, SHORT>(geometry),
        (128, false) => build::<128, LONG>(geometry),
        (256, true) => build::<256, SHORT>(geometry),
        (256, false) => build::<256, LONG>(geometry),
        (512, true) => build::<512, SHORT>(geometry),
        (512, false) => build::<512, LONG>(geometry),
        (other, _) => anyhow::bail!("words of {other} bits (legal: 32, 64, 128, 256, 512)"),
    }
}

fn build<const W: usize, const A: usize>(geometry: &ArrayGeometry) -> anyhow::Result<Simulator> {
    let mut uut = StripeDataPath::<W, A>::new(geometry.data_lanes, geometry.words_per_strip())?;
    uut.connect_inputs();
    uut.connect_all();
    let simulator: Result<Simulator> = Simulator::build(&uut);
    Ok(simulator?)
}
