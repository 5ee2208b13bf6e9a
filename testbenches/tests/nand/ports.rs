//! The model at the ports of a circuit in simulation equals the model driven without one.

#![allow(missing_docs, reason = "the interface derive writes a `join` method without a doc comment")]

use crate::bus::{Bus, page, pattern, small};
use hardpath_sim::engine::{RawPort, Simulator};
use hardpath_sim::models::nand::{
    DevicePins, FlashKind, HostPins, Interface, LaneConfig, NandLane, NandModel, NandPorts,
};
use rust_hdl::prelude::*;

#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "Device"]
struct Host {
    chip_enable_n: Signal<Out, Bits<2>>,
    command_latch: Signal<Out, Bit>,
    address_latch: Signal<Out, Bit>,
    write_enable_n: Signal<Out, Bit>,
    read_enable_n: Signal<Out, Bit>,
    write_protect_n: Signal<Out, Bit>,
    data_out: Signal<Out, Bits<8>>,
    data_drive: Signal<Out, Bit>,
    strobe_out: Signal<Out, Bit>,
    strobe_drive: Signal<Out, Bit>,
    data_in: Signal<In, Bits<8>>,
    strobe_in: Signal<In, Bit>,
    ready_busy_n: Signal<In, Bits<2>>,
}

#[expect(dead_code, reason = "the mate that the derive of `Host` names")]
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "Host"]
struct Device {
    chip_enable_n: Signal<In, Bits<2>>,
    command_latch: Signal<In, Bit>,
    address_latch: Signal<In, Bit>,
    write_enable_n: Signal<In, Bit>,
    read_enable_n: Signal<In, Bit>,
    write_protect_n: Signal<In, Bit>,
    data_out: Signal<In, Bits<8>>,
    data_drive: Signal<In, Bit>,
    strobe_out: Signal<In, Bit>,
    strobe_drive: Signal<In, Bit>,
    data_in: Signal<Out, Bits<8>>,
    strobe_in: Signal<Out, Bit>,
    ready_busy_n: Signal<Out, Bits<2>>,
}

/// A controller whose pins another one sets, and which keeps what it sees in a register.
#[derive(Default, LogicBlock)]
struct PinRegister {
    clock: Signal<In, Clock>,
    pins: Signal<In, Bits<20>>,
    nand: Host,
    seen: Signal<Out, Bits<11>>,
    data_seen: DFF<Bits<8>>,
    strobe_seen: DFF<Bit>,
    ready_seen: DFF<Bits<2>>,
}

impl Logic for PinRegister {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, data_seen, strobe_seen, ready_seen);
        self.nand.chip_enable_n.next = self.pins.val().get_bits::<2>(0);
        self.nand.command_latch.next = self.pins.val().get_bit(2);
        self.nand.address_latch.next = self.pins.val().get_bit(3);
        self.nand.write_enable_n.next = self.pins.val().get_bit(4);
        self.nand.read_enable_n.next = self.pins.val().get_bit(5);
        self.nand.write_protect_n.next = self.pins.val().get_bit(6);
        self.nand.data_out.next = self.pins.val().get_bits::<8>(7);
        self.nand.data_drive.next = self.pins.val().get_bit(15);
        self.nand.strobe_out.next = self.pins.val().get_bit(16);
        self.nand.strobe_drive.next = self.pins.val().get_bit(17);
        self.data_seen.d.next = self.nand.data_in.val();
        self.strobe_seen.d.next = self.nand.strobe_in.val();
        self.ready_seen.d.next = self.nand.ready_busy_n.val();
        self.seen.next = bit_cast::<11, 8>(self.data_seen.q.val())
            | (bit_cast::<11, 2>(self.ready_seen.q.val()) << 8)
            | (bit_cast::<11, 1>(self.strobe_seen.q.val().into()) << 10);
    }
}

/// The model behind the circuit.
struct Behind {
    sim: Simulator,
    model: NandModel,
    pins: RawPort,
    seen: RawPort,
}

impl Behind {
    fn new(config: LaneConfig) -> anyhow::Result<Self> {
        let mut uut = PinRegister::default();
        uut.nand.data_in.connect();
        uut.nand.strobe_in.connect();
        uut.nand.ready_busy_n.connect();
        uut.pins.connect();
        uut.clock.connect();
        uut.connect_all();
        let mut sim = Simulator::build(&uut)?;
        let ports = NandPorts::named(&mut sim, "nand")?;
        let model = NandModel::new(ports, NandLane::new(config)?);
        let (pins, seen) = (sim.port_named("pins")?, sim.port_named("seen")?);
        Ok(Self { sim, model, pins, seen })
    }

    /// One cycle; what the register holds after it.
    fn step(&mut self, pins: HostPins) -> anyhow::Result<DevicePins> {
        let bits = [
            pins.chip_enable_n & 1 == 1,
            pins.chip_enable_n & 2 == 2,
            pins.command_latch,
            pins.address_latch,
            pins.write_enable_n,
            pins.read_enable_n,
            pins.write_protect_n,
        ];
        let low = bits.iter().rev().fold(0, |word, bit| word << 1 | u64::from(*bit));
        let high = [pins.data_drive, pins.strobe_out, pins.strobe_drive];
        let high = high.iter().rev().fold(0, |word, bit| word << 1 | u64::from(*bit));
        self.sim.set_u64(self.pins, low | u64::from(pins.data_out) << 7 | high << 15)?;
        self.model.drive(&mut self.sim)?;
        self.model.sample(&mut self.sim)?;
        self.sim.tick();
        let seen = self.sim.get_u64(self.seen)?;
        Ok(DevicePins { data_in: seen as u8, strobe_in: seen >> 10 == 1, ready_busy_n: (seen >> 8) as u8 & 0b11 })
    }
}

#[test]
fn a_circuit_sees_what_the_model_drives() -> anyhow::Result<()> {
    let config = LaneConfig { chip: small(FlashKind::Slc), ..LaneConfig::of(FlashKind::Slc, 0) };
    for interface in [Interface::Sdr, Interface::NvDdr] {
        let mut bus = Bus::of(config);
        bus.record();
        bus.start(interface, 4);
        bus.program(page(0, 1, 1, 0), &pattern(1, 528));
        assert_eq!(bus.read_page(page(0, 1, 1, 0), 0, 528), pattern(1, 528));
        let mut behind = Behind::new(config)?;
        for (cycle, (pins, expected)) in bus.recorded().into_iter().enumerate() {
            let expected = DevicePins { ready_busy_n: expected.ready_busy_n & 0b11, ..expected };
            assert_eq!(behind.step(pins)?, expected, "cycle {cycle}");
        }
        assert_eq!(behind.model.lane().violations(), []);
    }
    Ok(())
}

#[test]
fn a_broken_rule_is_an_error_of_the_cycle() -> anyhow::Result<()> {
    let config = LaneConfig { chip: small(FlashKind::Slc), ..LaneConfig::of(FlashKind::Slc, 0) };
    let mut behind = Behind::new(config)?;
    behind.step(HostPins::IDLE)?;
    let both = HostPins { chip_enable_n: 0, ..HostPins::IDLE };
    let error = behind.step(both).expect_err("two chips enabled").to_string();
    assert_eq!(error, "cycle 1, chip 0: OneChipEnabled: 2 chips enabled (legal: at most 1)");
    Ok(())
}
