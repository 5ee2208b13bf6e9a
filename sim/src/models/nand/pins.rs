//! The pins of a lane: one 8-bit bus with a chip enable and a ready line for each chip.

/// What the controller drives, one value a cycle.
///
/// A signal of cycle `n` changes at `n` clock periods and stands still until `n + 1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostPins {
    /// CE# of each chip, chip 0 in bit 0.
    pub chip_enable_n: u8,
    /// CLE.
    pub command_latch: bool,
    /// ALE.
    pub address_latch: bool,
    /// WE#, or CLK in NV-DDR.
    pub write_enable_n: bool,
    /// RE#, or W/R# in NV-DDR.
    pub read_enable_n: bool,
    /// WP#.
    pub write_protect_n: bool,
    /// DQ as the controller would have it.
    pub data_out: u8,
    /// The controller drives DQ.
    pub data_drive: bool,
    /// DQS as the controller would have it.
    pub strobe_out: bool,
    /// The controller drives DQS.
    pub strobe_drive: bool,
}

impl HostPins {
    /// No chip enabled, nothing driven.
    pub const IDLE: Self = Self {
        chip_enable_n: 0xFF,
        command_latch: false,
        address_latch: false,
        write_enable_n: true,
        read_enable_n: true,
        write_protect_n: true,
        data_out: 0,
        data_drive: false,
        strobe_out: false,
        strobe_drive: false,
    };

    /// Whether a chip is enabled.
    pub fn enables(&self, chip: u8) -> bool {
        self.chip_enable_n >> chip & 1 == 0
    }
}

/// What the chips drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DevicePins {
    /// DQ as the chips would have it; [`UNDRIVEN`] when none drives.
    pub data_in: u8,
    /// DQS as the chips would have it; low when none drives.
    pub strobe_in: bool,
    /// R/B# of each chip, chip 0 in bit 0: low while any of its LUNs is busy.
    pub ready_busy_n: u8,
}

/// What a controller samples from a bus that no chip drives: as a status it says busy and failed.
pub const UNDRIVEN: u8 = 0x83;
