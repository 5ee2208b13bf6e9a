//! A whole port in simulation, with a host at its line.

use hardpath_sim::models::PageStorage;
use hardpath_sim::models::fibre_channel::LineTimes;
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{Machine, PortSettings};

/// R_T_TOV and the shortest OLS: short, so that links come up soon.
pub const TIMES: LineTimes = LineTimes { timeout: 2000, offline: 500 };

/// A port at 8 Gb/s with so many blocks in this storage, and a host that takes 8 frames of up to `payload` bytes.
///
/// # Panics
/// If the circuit does not compile.
pub fn port_machine(payload: u16, storage: PageStorage, blocks: u64, seed: u64) -> Machine {
    let settings = PortSettings {
        times: TIMES,
        fills_with_arb: true,
        blocks,
        period_ps: 4706,
        host_ppm: 100,
        host: (8, payload),
        seed,
    };
    Machine::new(settings, storage, &Trace::none()).expect("a machine")
}
