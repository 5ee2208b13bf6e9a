//! What elaboration refuses, with the block's path, and what to write instead.

#![allow(missing_docs)]

use hardpath_netlist::{Error, elaborate};
use rust_hdl::prelude::*;

fn refusal(mut block: impl Block) -> Error {
    block.connect_all();
    elaborate(&block).expect_err("the block must be refused")
}

fn message(block: impl Block) -> String {
    refusal(block).to_string()
}

#[derive(LogicBlock, Default)]
struct Latch {
    pub enable: Signal<In, Bit>,
    pub data: Signal<In, Bits<4>>,
    pub held: Signal<Out, Bits<4>>,
}

impl Logic for Latch {
    #[hdl_gen]
    fn update(&mut self) {
        if self.enable.val() {
            self.held.next = self.data.val();
        }
    }
}

#[test]
fn an_output_that_is_not_assigned_on_every_path_is_a_latch() {
    assert_eq!(refusal(Latch::default()), Error::Latch { path: "top".into(), net: "held".into() });
}

#[derive(LogicBlock, Default)]
struct RegisterWithoutDefault {
    pub clock: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub state: Signal<Out, Bit>,
    held: DFF<Bit>,
}

impl Logic for RegisterWithoutDefault {
    #[hdl_gen]
    fn update(&mut self) {
        self.held.clock.next = self.clock.val();
        if self.enable.val() {
            self.held.d.next = true;
        }
        self.state.next = self.held.q.val();
    }
}

#[test]
fn a_register_input_without_default_is_a_latch_named_as_the_field() {
    assert_eq!(refusal(RegisterWithoutDefault::default()), Error::Latch { path: "top".into(), net: "held.d".into() });
}

#[derive(LogicBlock, Default)]
struct ReadsTooEarly {
    pub data: Signal<In, Bits<4>>,
    pub sum: Signal<Out, Bits<4>>,
    twice: Signal<Local, Bits<4>>,
}

impl Logic for ReadsTooEarly {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = self.twice.val();
        self.twice.next = self.data.val() + self.data.val();
    }
}

#[test]
fn a_local_read_before_its_assignment_is_refused() {
    let error = refusal(ReadsTooEarly::default());
    assert_eq!(error, Error::ReadBeforeAssignment { path: "top".into(), net: "twice".into() });
}

#[derive(LogicBlock, Default)]
struct Inverter {
    pub data: Signal<In, Bit>,
    pub inverse: Signal<Out, Bit>,
}

impl Logic for Inverter {
    #[hdl_gen]
    fn update(&mut self) {
        self.inverse.next = !self.data.val();
    }
}

#[derive(LogicBlock, Default)]
struct Ring {
    pub tap: Signal<Out, Bit>,
    first: Inverter,
    second: Inverter,
}

impl Logic for Ring {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.data.next = self.second.inverse.val();
        self.second.data.next = self.first.inverse.val();
        self.tap.next = self.first.inverse.val();
    }
}

#[test]
fn a_combinational_loop_across_instances_is_reported_with_its_path() {
    let Error::CombinationalLoop { path, nets } = refusal(Ring::default()) else { panic!("no loop reported") };
    assert_eq!(path, "top");
    assert_eq!(nets.first(), nets.last());
    for net in ["first_data", "first_inverse", "second_data", "second_inverse"] {
        assert!(nets.iter().any(|name| name == net), "{net} is missing in {nets:?}");
    }
}

#[derive(LogicBlock, Default)]
struct ForgetsChild {
    pub tap: Signal<Out, Bit>,
    child: Inverter,
}

impl Logic for ForgetsChild {
    #[hdl_gen]
    fn update(&mut self) {
        self.tap.next = self.child.inverse.val();
    }
}

#[test]
fn a_child_data_that_nobody_drives_is_refused() {
    let error = refusal(ForgetsChild::default());
    assert_eq!(error, Error::Undriven { path: "top".into(), net: "child_data".into() });
}

#[derive(LogicBlock, Default)]
struct DrivesChildOutput {
    pub data: Signal<In, Bit>,
    pub tap: Signal<Out, Bit>,
    child: Inverter,
}

impl Logic for DrivesChildOutput {
    #[hdl_gen]
    fn update(&mut self) {
        self.child.data.next = self.data.val();
        self.child.inverse.next = self.data.val();
        self.tap.next = self.child.inverse.val();
    }
}

#[test]
fn an_output_of_a_child_that_the_parent_drives_too_is_refused() {
    assert!(
        matches!(refusal(DrivesChildOutput::default()), Error::MultiplyDriven { net, .. } if net == "child_inverse")
    );
}

#[derive(LogicBlock, Default)]
struct DrivesOwnInput {
    pub data: Signal<In, Bit>,
    pub tap: Signal<Out, Bit>,
}

impl Logic for DrivesOwnInput {
    #[hdl_gen]
    fn update(&mut self) {
        self.data.next = true;
        self.tap.next = self.data.val();
    }
}

#[test]
fn an_own_input_that_the_kernel_drives_is_refused() {
    assert!(matches!(refusal(DrivesOwnInput::default()), Error::MultiplyDriven { net, .. } if net == "data"));
}

#[derive(LogicBlock, Default)]
struct GatedClock {
    pub clock: Signal<In, Clock>,
    pub enable: Signal<In, Bit>,
    pub state: Signal<Out, Bit>,
    held: DFF<Bit>,
}

impl Logic for GatedClock {
    #[hdl_gen]
    fn update(&mut self) {
        self.held.d.next = !self.held.q.val();
        self.state.next = self.held.q.val();
        if self.enable.val() {
            self.held.clock.next = self.clock.val();
        }
    }
}

#[test]
fn a_gated_clock_is_refused() {
    assert!(matches!(refusal(GatedClock::default()), Error::Clock { net, .. } if net == "held_clock"));
}

#[derive(LogicBlock, Default)]
struct PassThrough {
    pub clock_in: Signal<In, Clock>,
    pub clock_out: Signal<Out, Clock>,
}

impl Logic for PassThrough {
    #[hdl_gen]
    fn update(&mut self) {
        self.clock_out.next = self.clock_in.val();
    }
}

#[derive(LogicBlock, Default)]
struct ClockThroughBlocks {
    pub clock: Signal<In, Clock>,
    pub data: Signal<In, Bits<4>>,
    pub held: Signal<Out, Bits<4>>,
    first: PassThrough,
    second: PassThrough,
    early: DFF<Bits<4>>,
    late: DFF<Bits<4>>,
}

impl Logic for ClockThroughBlocks {
    #[hdl_gen]
    fn update(&mut self) {
        self.first.clock_in.next = self.clock.val();
        self.second.clock_in.next = self.first.clock_out.val();
        self.early.clock.next = self.clock.val();
        self.late.clock.next = self.second.clock_out.val();
        self.early.d.next = self.data.val();
        self.late.d.next = self.early.q.val();
        self.held.next = self.late.q.val();
    }
}

#[test]
fn a_clock_that_went_through_another_block_is_refused() {
    let error = refusal(ClockThroughBlocks::default());
    assert!(matches!(&error, Error::Clock { .. }), "{error}");
    assert!(error.to_string().contains("straight through"));
}

#[derive(LogicBlock)]
struct DynamicIndex {
    pub select: Signal<In, Bits<2>>,
    pub data: [Signal<In, Bits<4>>; 4],
    pub chosen: Signal<Out, Bits<4>>,
}

impl Default for DynamicIndex {
    fn default() -> Self {
        Self { select: Signal::default(), data: std::array::from_fn(|_| Signal::default()), chosen: Signal::default() }
    }
}

impl Logic for DynamicIndex {
    #[hdl_gen]
    fn update(&mut self) {
        self.chosen.next = self.data[self.select.val().index()].val();
    }
}

#[test]
fn a_dynamic_array_index_is_refused_with_advice() {
    let text = message(DynamicIndex::default());
    assert!(text.contains("select") && text.contains("loop over the array"), "{text}");
}

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
#[allow(dead_code)]
enum State {
    Idle,
    Busy,
}

#[derive(LogicBlock, Default)]
struct Guarded {
    pub state: Signal<In, State>,
    pub guard: Signal<In, Bit>,
    pub code: Signal<Out, Bits<4>>,
}

impl Logic for Guarded {
    #[hdl_gen]
    fn update(&mut self) {
        match self.state.val() {
            State::Idle if self.guard.val() => self.code.next = 2.into(),
            State::Idle => self.code.next = 1.into(),
            State::Busy => self.code.next = 3.into(),
        }
    }
}

#[test]
fn a_match_arm_that_stands_twice_because_of_a_guard_is_refused() {
    assert!(message(Guarded::default()).contains("guard"));
}

#[derive(LogicBlock)]
struct LoopNameClash {
    pub i: Signal<In, Bits<4>>,
    pub data: [Signal<In, Bits<4>>; 2],
    pub sum: [Signal<Out, Bits<4>>; 2],
}

impl Default for LoopNameClash {
    fn default() -> Self {
        Self {
            i: Signal::default(),
            data: std::array::from_fn(|_| Signal::default()),
            sum: std::array::from_fn(|_| Signal::default()),
        }
    }
}

impl Logic for LoopNameClash {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..2 {
            self.sum[i].next = self.data[i].val() + self.i.val();
        }
    }
}

#[test]
fn a_loop_index_named_like_a_signal_is_refused() {
    assert!(message(LoopNameClash::default()).contains("rename the loop index"));
}

const PLAIN: u64 = 5;

#[derive(LogicBlock, Default)]
struct PlainConstant {
    pub sum: Signal<Out, Bits<4>>,
}

impl Logic for PlainConstant {
    #[hdl_gen]
    fn update(&mut self) {
        self.sum.next = PLAIN.into();
    }
}

#[test]
fn a_rust_const_in_a_kernel_is_refused_with_advice() {
    let text = message(PlainConstant::default());
    assert!(text.contains("PLAIN") && text.contains("Constant<T>"), "{text}");
}

#[derive(Clone, Copy, Debug, PartialEq, LogicState)]
enum Lonely {
    Only,
}

#[derive(LogicBlock, Default)]
struct OneVariant {
    pub state: Signal<Out, Lonely>,
}

impl Logic for OneVariant {
    #[hdl_gen]
    fn update(&mut self) {
        self.state.next = Lonely::Only;
    }
}

#[test]
fn an_enum_with_one_variant_is_refused() {
    assert!(message(OneVariant::default()).contains("at least two variants"));
}

#[derive(LogicBlock, Default)]
struct OutOfRange {
    pub data: Signal<In, Bits<4>>,
    pub bit: Signal<Out, Bit>,
}

impl Logic for OutOfRange {
    #[hdl_gen]
    fn update(&mut self) {
        self.bit.next = self.data.val().get_bit(4);
    }
}

#[test]
fn a_bit_past_the_end_is_refused() {
    assert!(message(OutOfRange::default()).contains("bit 4 of a value of 4 bits"));
}

#[derive(LogicBlock, Default)]
struct SignedNarrowing {
    pub data: Signal<In, Signed<8>>,
    pub negative: Signal<Out, Bit>,
}

impl Logic for SignedNarrowing {
    #[hdl_gen]
    fn update(&mut self) {
        self.negative.next = signed_bit_cast::<4, 8>(self.data.val()) < 0.into();
    }
}

#[test]
fn a_signed_cast_whose_width_does_not_show_is_refused() {
    assert!(message(SignedNarrowing::default()).contains("signed_bit_cast"));
}

#[derive(LogicBlock, Default)]
struct SharedWire {
    pub pin: Signal<InOut, Bit>,
}

impl Logic for SharedWire {
    #[hdl_gen]
    fn update(&mut self) {}
}

#[test]
fn a_bidirectional_signal_is_refused() {
    assert!(message(SharedWire::default()).contains("bidirectional"));
}

#[derive(LogicBlock, Default)]
struct HandWritten {
    pub data: Signal<Out, Bit>,
}

impl Logic for HandWritten {
    fn update(&mut self) {}

    fn connect(&mut self) {
        self.data.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("assign data = 1'b1;".into())
    }
}

#[test]
fn hand_written_verilog_is_refused() {
    assert!(message(HandWritten::default()).contains("hand-written Verilog"));
}

#[derive(LogicBlock, Default)]
struct Nested {
    pub tap: Signal<Out, Bit>,
    ring: Ring,
}

impl Logic for Nested {
    #[hdl_gen]
    fn update(&mut self) {
        self.tap.next = self.ring.tap.val();
    }
}

#[test]
fn a_fault_deep_inside_names_the_path_from_the_top() {
    assert!(message(Nested::default()).starts_with("top.ring: "));
}

#[derive(LogicBlock, Default)]
struct ReachesThrough {
    pub tap: Signal<Out, Bit>,
    outer: Nested,
}

impl Logic for ReachesThrough {
    #[hdl_gen]
    fn update(&mut self) {
        self.tap.next = self.outer.ring.tap.val();
    }
}

#[test]
fn a_signal_of_a_grandchild_is_out_of_reach() {
    #[derive(LogicBlock, Default)]
    struct Holder {
        pub tap: Signal<Out, Bit>,
        inner: Inverter,
    }
    impl Logic for Holder {
        #[hdl_gen]
        fn update(&mut self) {
            self.inner.data.next = true;
            self.tap.next = self.inner.inverse.val();
        }
    }
    #[derive(LogicBlock, Default)]
    struct Reacher {
        pub tap: Signal<Out, Bit>,
        holder: Holder,
    }
    impl Logic for Reacher {
        #[hdl_gen]
        fn update(&mut self) {
            self.tap.next = self.holder.inner.inverse.val();
        }
    }
    let text = message(Reacher::default());
    assert!(text.contains("holder.inner.inverse") && text.contains("only a child's own ports"), "{text}");
    assert!(message(ReachesThrough::default()).starts_with("top.outer.ring: "));
}
