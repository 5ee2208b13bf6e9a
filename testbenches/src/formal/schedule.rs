//! When a handshake signal is high.

/// A handshake signal over a period of 32 cycles that repeats, a bit a cycle from the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Cycles in which the signal is high.
    pub high: u32,
    /// Cycles in which the solver chooses.
    pub free: u32,
}

impl Schedule {
    /// High in every cycle.
    pub const ALWAYS: Self = Self::at(u32::MAX);
    /// Whatever the solver chooses.
    pub const FREE: Self = Self { high: 0, free: u32::MAX };

    /// High in these cycles, low in the others.
    pub const fn at(high: u32) -> Self {
        Self { high, free: 0 }
    }

    /// The solver chooses in these cycles as well.
    pub const fn or_free_at(self, free: u32) -> Self {
        Self { free, ..self }
    }

    /// `high` as a Verilog literal.
    pub(super) fn high(self) -> String {
        format!("32'h{:08x}", self.high)
    }

    /// `free` as a Verilog literal.
    pub(super) fn free(self) -> String {
        format!("32'h{:08x}", self.free)
    }
}
