//! The controller's circuit for a shape that is known at run time.

use super::shape::ControllerShape;
use crate::engine::{Options, Simulator};
use hardpath_netlist::elaborate;
use hardpath_rtl::flash_controller::FlashController;
use hardpath_rtl::flash_controller::lane::LaneConfig;
use rust_hdl::prelude::Block;

/// A circuit, and how it numbers pages and stripes.
pub struct ControllerCircuit {
    /// The circuit, compiled.
    pub simulator: Simulator,
    /// Bits of a page in its block, in a stripe's number.
    pub page_bits: u32,
    /// Bits of a location in the page map.
    pub location_bits: usize,
    /// Bits of the number of a logical page, of firmware's own pages among them.
    pub logical_page_bits: usize,
}

/// Stack of the thread that builds the circuit.
const STACK_BYTES: usize = 256 << 20;
/// Bits of a page and of a block in the stripe numbers of the small circuit; tables for it are short.
const SMALL: (u32, u32) = (6, 6);
/// Of the circuit for chips of real size.
const REAL: (u32, u32) = (8, 11);

/// Compiles the controller for a validated shape.
///
/// # Errors
/// If the lane's times are not possible.
pub fn circuit(shape: &ControllerShape, lane: &LaneConfig) -> anyhow::Result<ControllerCircuit> {
    let fits =
        |(pages, blocks): (u32, u32)| shape.pages_per_block <= 1 << pages && shape.blocks_per_plane <= 1 << blocks;
    if fits(SMALL) { build::<24, 23, 17, 11, 12>(lane, SMALL.0) } else { build::<29, 30, 24, 16, 14>(lane, REAL.0) }
}

fn build<const P: usize, const L: usize, const A: usize, const R: usize, const C: usize>(
    lane: &LaneConfig,
    page_bits: u32,
) -> anyhow::Result<ControllerCircuit> {
    // A controller is some megabytes of signals, which pass over the stack.
    let elaborated = std::thread::scope(|scope| {
        let elaborating = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || {
            let mut uut = FlashController::<P, L, A, R, C>::new(lane, page_bits)?;
            uut.connect_inputs();
            uut.connect_all();
            anyhow::Ok(elaborate(&uut)?)
        })?;
        elaborating.join().map_err(|_| anyhow::anyhow!("the elaboration of the controller panicked"))?
    })?;
    let simulator = Simulator::from_elaboration(elaborated, Options::default())?;
    Ok(ControllerCircuit { simulator, page_bits, location_bits: L, logical_page_bits: P })
}
