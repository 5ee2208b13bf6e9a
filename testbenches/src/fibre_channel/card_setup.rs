//! An interface card in simulation, with hosts at its ports.

use std::ops::Range;

use hardpath_sim::firmware::port::PortTimes;
use hardpath_sim::models::PageDevice;
use hardpath_sim::models::fibre_channel::arbitrated_loop::{LoopPort, LoopedHosts};
use hardpath_sim::models::fibre_channel::{HostPort, Neighbour, Speed, SpeedSetting};
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{CardMachine, CardSettings};

use super::TIMES;

/// Names of hosts in loops, below and above those of the card's ports.
const LOW_NAME: u64 = 0x1000_0000_0000_0001;
const HIGH_NAME: u64 = 0x6000_0000_0000_0001;
/// Words in which something has to move in a loop.
const LOOP_TIMEOUT: u64 = 30_000;

/// Settings of a card at 8 Gb/s with a device of so many pages below and this period of the device's clock.
pub fn card_settings(pages: u64, device_period_ps: u64, seed: u64) -> CardSettings {
    CardSettings {
        times: TIMES,
        speed: SpeedSetting::fixed(Speed::Eight),
        host_speed: SpeedSetting::fixed(Speed::Eight),
        scrambles: false,
        blocks: pages * 8,
        device_period_ps,
        host_ppm: 0,
        host: (16, 2112),
        port_times: PortTimes { exchange_timeout: 150_000, login_wait: 5_000, loop_wait: 400_000 },
        seed,
    }
}

/// A card with so many hosts, each at a link of its own.
///
/// # Panics
/// If the circuit does not compile.
pub fn card<D: PageDevice>(hosts: usize, pages: u64, device: D, device_period_ps: u64, seed: u64) -> CardMachine<D> {
    let settings = card_settings(pages, device_period_ps, seed);
    card_at((0..hosts).map(|number| settings.hba(number)).collect(), pages, device, device_period_ps, seed)
}

/// A card with these neighbours.
///
/// # Panics
/// If the circuit does not compile.
pub fn card_at<D: PageDevice, N: Neighbour>(
    neighbours: Vec<N>,
    pages: u64,
    device: D,
    device_period_ps: u64,
    seed: u64,
) -> CardMachine<D, N> {
    let settings = card_settings(pages, device_period_ps, seed);
    CardMachine::new(settings, neighbours, device, &Trace::none()).expect("a card")
}

/// Hosts in a loop, whose names are lower than those of the card's ports, or higher.
pub fn looped_hosts(numbers: Range<usize>, are_lower: bool) -> LoopedHosts {
    let first = if are_lower { LOW_NAME } else { HIGH_NAME };
    let host = |number: usize| {
        let name = first + number as u64;
        (HostPort::new(name, 16, 2112), LoopPort::new(name, None, 16, LOOP_TIMEOUT))
    };
    LoopedHosts::new(numbers.map(host).collect())
}
