//! Times of a port.

use rust_hdl::prelude::*;

/// Times of a port in words of 8 Gb/s (40 / 8.5 Gbaud, 4.7 ns), whatever the speed of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkTimes {
    /// R_T_TOV: after so long without word synchronization, or in one state of a link reset, the link has failed.
    pub timeout: u64,
    /// OLS is sent so long at least.
    pub offline: u64,
    /// t_rxcycl: the receiver listens so long at one speed while the speed is negotiated.
    pub receive_cycle: u64,
    /// t_txcycl: the transmitter sends so long at one speed.
    pub transmit_cycle: u64,
    /// t_stbl: the receiver is synchronized so long until a speed is settled, and out of synchronization so long until it is
    /// not any more.
    pub stable: u64,
}

impl LinkTimes {
    /// R_T_TOV of 100 ms, 5 ms of OLS, and 5.4 ms, 154 ms and 214 ms for the negotiation, as remembered.
    pub const STANDARD: Self = Self {
        timeout: 21_250_000,
        offline: 1_062_500,
        receive_cycle: 1_147_500,
        transmit_cycle: 32_725_000,
        stable: 45_475_000,
    };

    /// A time in words of 8, 4 and 2 Gb/s, in the order of [`LineSpeed`](super::LineSpeed).
    ///
    /// # Panics
    /// If it is not 1..2^28.
    pub(super) fn by_speed(time: u64) -> Vec<Constant<Bits<28>>> {
        assert!((1..1 << 28).contains(&time), "a time of {time} words: legal are 1 to 2^28 - 1");
        (0..3).map(|shift| Constant::new((time >> shift).max(1).into())).collect()
    }
}
