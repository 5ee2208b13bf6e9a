//! An interface card in simulation, with hosts at its ports.

use hardpath_sim::models::PageDevice;
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{CardMachine, CardSettings};

use super::TIMES;

/// A card at 8 Gb/s with so many hosts, a device of so many pages below and this period of the device's clock.
///
/// # Panics
/// If the circuit does not compile.
pub fn card<D: PageDevice>(hosts: usize, pages: u64, device: D, device_period_ps: u64, seed: u64) -> CardMachine<D> {
    let settings = CardSettings {
        times: TIMES,
        fills_with_arb: true,
        blocks: pages * 8,
        period_ps: 4706,
        device_period_ps,
        hosts,
        host_ppm: 0,
        host: (16, 2112),
        exchange_timeout: 150_000,
        seed,
    };
    CardMachine::new(settings, device, &Trace::none()).expect("a card")
}
