//! An interface card in simulation, with hosts at its ports.

use hardpath_sim::firmware::port::PortTimes;
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
        host_ppm: 0,
        host: (16, 2112),
        port_times: PortTimes { exchange_timeout: 150_000, login_wait: 5_000, loop_wait: 400_000 },
        seed,
    };
    let neighbours = (0..hosts).map(|number| settings.hba(number)).collect();
    CardMachine::new(settings, neighbours, device, &Trace::none()).expect("a card")
}
