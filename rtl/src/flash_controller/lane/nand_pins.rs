//! The pins of one lane: an 8-bit flash bus with two chips.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use rust_hdl::prelude::*;

/// The controller's side of a lane's pins; one value a controller cycle.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "NandDevice"]
pub struct NandHost {
    /// CE# of each chip, low selects.
    pub chip_enable_n: Signal<Out, Bits<2>>,
    /// CLE.
    pub command_latch: Signal<Out, Bit>,
    /// ALE.
    pub address_latch: Signal<Out, Bit>,
    /// WE#; CLK for a chip in NV-DDR.
    pub write_enable_n: Signal<Out, Bit>,
    /// RE#; W/R# for a chip in NV-DDR.
    pub read_enable_n: Signal<Out, Bit>,
    /// WP# of both chips.
    pub write_protect_n: Signal<Out, Bit>,
    /// DQ from the controller; meaningful while `data_drive` is high.
    pub data_out: Signal<Out, Bits<8>>,
    /// The controller drives DQ.
    pub data_drive: Signal<Out, Bit>,
    /// DQS from the controller; meaningful while `strobe_drive` is high.
    pub strobe_out: Signal<Out, Bit>,
    /// The controller drives DQS.
    pub strobe_drive: Signal<Out, Bit>,
    /// DQ as it stands at the pins.
    pub data_in: Signal<In, Bits<8>>,
    /// DQS as it stands at the pins.
    pub strobe_in: Signal<In, Bit>,
    /// R/B# of each chip, low while any of its dies is busy.
    pub ready_busy_n: Signal<In, Bits<2>>,
}

/// The chips' side of a lane's pins; the mate of [`NandHost`].
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "NandHost"]
pub struct NandDevice {
    /// CE# of each chip, low selects.
    pub chip_enable_n: Signal<In, Bits<2>>,
    /// CLE.
    pub command_latch: Signal<In, Bit>,
    /// ALE.
    pub address_latch: Signal<In, Bit>,
    /// WE#; CLK for a chip in NV-DDR.
    pub write_enable_n: Signal<In, Bit>,
    /// RE#; W/R# for a chip in NV-DDR.
    pub read_enable_n: Signal<In, Bit>,
    /// WP# of both chips.
    pub write_protect_n: Signal<In, Bit>,
    /// DQ from the controller; meaningful while `data_drive` is high.
    pub data_out: Signal<In, Bits<8>>,
    /// The controller drives DQ.
    pub data_drive: Signal<In, Bit>,
    /// DQS from the controller; meaningful while `strobe_drive` is high.
    pub strobe_out: Signal<In, Bit>,
    /// The controller drives DQS.
    pub strobe_drive: Signal<In, Bit>,
    /// DQ as it stands at the pins.
    pub data_in: Signal<Out, Bits<8>>,
    /// DQS as it stands at the pins.
    pub strobe_in: Signal<Out, Bit>,
    /// R/B# of each chip, low while any of its dies is busy.
    pub ready_busy_n: Signal<Out, Bits<2>>,
}
