//! Figures of the bus standard (ONFI), by interface and timing mode.
//!
//! Source: `struct onfi_sdr_timing_modes` and `onfi_nvddr_timing_modes` of the Linux kernel 6.1, `nand_timings.c`, which
//! restates the tables of ONFI 3.x.

/// Interface and timing mode of a chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusMode {
    /// Asynchronous, mode 0..=5. Chips start in mode 0.
    Sdr(u8),
    /// Source-synchronous, mode 0..=5; mode 3 is 133 MT/s, mode 5 is 200 MT/s.
    NvDdr(u8),
}

/// What the bus engine must keep to, in nanoseconds. A figure that an interface does not have is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModeFigures {
    /// tCS: CE# setup.
    pub chip_setup: u32,
    /// tCH: CE# hold.
    pub chip_hold: u32,
    /// tADL: address to data loading.
    pub address_to_data: u32,
    /// tCCS: change of column setup.
    pub change_column: u32,
    /// tWHR: command or address to data output.
    pub write_to_read: u32,
    /// tRHW: data output to command or address.
    pub read_to_write: u32,
    /// tWB: confirmation to busy, at most.
    pub to_busy: u32,
    /// tRR: ready to data output.
    pub ready_to_read: u32,
    /// tFEAT and tITC: busy time of a feature or an interface change, at most.
    pub feature: u32,
    /// SDR: WE# low (tWP, tCLS, tALS, tDS, the largest).
    pub write_low: u32,
    /// SDR: WE# high (tWH, tCLH, tALH, tDH, the largest).
    pub write_high: u32,
    /// SDR: tWC.
    pub write_cycle: u32,
    /// SDR: tRP.
    pub read_low: u32,
    /// SDR: tREH.
    pub read_high: u32,
    /// SDR: tRC.
    pub read_cycle: u32,
    /// SDR: tREA, RE# low to data.
    pub read_access: u32,
    /// NV-DDR: tCK.
    pub clock_cycle: u32,
    /// NV-DDR: tCAD, command or address to the next.
    pub command_delay: u32,
    /// NV-DDR: tWRCK, W/R# low to data output.
    pub turn_to_read: u32,
    /// NV-DDR: tDQSCK at most, clock to data strobe.
    pub strobe_delay: u32,
}

impl BusMode {
    /// Whether the interface is source-synchronous.
    pub fn is_synchronous(self) -> bool {
        matches!(self, Self::NvDdr(_))
    }

    /// Number of the timing mode.
    pub fn number(self) -> u8 {
        match self {
            Self::Sdr(mode) | Self::NvDdr(mode) => mode,
        }
    }

    /// The value of feature 01h, first parameter byte, that brings a chip into this mode.
    pub fn feature_value(self) -> u8 {
        match self {
            Self::Sdr(mode) => mode,
            Self::NvDdr(mode) => 0x10 | mode,
        }
    }

    /// The figures of the mode; none if there is no such mode.
    pub fn figures(self) -> Option<ModeFigures> {
        let mode = usize::from(self.number());
        if mode > 5 {
            return None;
        }
        Some(match self {
            Self::Sdr(_) => {
                let largest = |tables: &[[u32; 6]]| tables.iter().map(|table| table[mode]).max().unwrap_or(0);
                ModeFigures {
                    chip_setup: [70, 35, 25, 25, 20, 15][mode],
                    chip_hold: [20, 10, 10, 5, 5, 5][mode],
                    address_to_data: 400,
                    change_column: 500,
                    write_to_read: [120, 80, 80, 80, 80, 80][mode],
                    read_to_write: [200, 100, 100, 100, 100, 100][mode],
                    to_busy: [200, 100, 100, 100, 100, 100][mode],
                    ready_to_read: [40, 20, 20, 20, 20, 20][mode],
                    feature: 1000,
                    write_low: largest(&[
                        [50, 25, 17, 15, 12, 10], // tWP
                        [50, 25, 15, 10, 10, 10], // tCLS, tALS
                        [40, 20, 15, 10, 10, 7],  // tDS
                    ]),
                    write_high: largest(&[
                        [30, 15, 15, 10, 10, 7], // tWH
                        [20, 10, 10, 5, 5, 5],   // tCLH, tALH
                        [20, 10, 5, 5, 5, 5],    // tDH
                    ]),
                    write_cycle: [100, 45, 35, 30, 25, 20][mode],
                    read_low: [50, 25, 17, 15, 12, 10][mode],
                    read_high: [30, 15, 15, 10, 10, 7][mode],
                    read_cycle: [100, 50, 35, 30, 25, 20][mode],
                    read_access: [40, 30, 25, 20, 20, 16][mode],
                    ..ModeFigures::default()
                }
            }
            Self::NvDdr(_) => ModeFigures {
                chip_setup: [35, 25, 15, 15, 15, 15][mode],
                chip_hold: [10, 5, 4, 3, 3, 2][mode],
                address_to_data: 400,
                change_column: 500,
                write_to_read: 80,
                read_to_write: 100,
                to_busy: 100,
                ready_to_read: 20,
                feature: 1000,
                clock_cycle: [50, 30, 20, 15, 12, 10][mode],
                command_delay: 45,
                turn_to_read: 20,
                strobe_delay: 25,
                ..ModeFigures::default()
            },
        })
    }
}
