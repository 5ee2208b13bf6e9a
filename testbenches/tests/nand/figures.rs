//! Timing figures and parameter page against independent tables.

use hardpath_sim::models::nand::parameter_page::{checksum, parameter_page};
use hardpath_sim::models::nand::{ChipConfig, FlashKind, Interface, Parameter, TimingMode};
use hardpath_testbenches::golden::onfi_checksum::onfi_checksum;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct TimingVectors {
    parameter: Vec<TimingVector>,
}

#[derive(Deserialize)]
struct TimingVector {
    interface: String,
    symbol: String,
    bound: String,
    nanoseconds: [f64; 6],
}

/// The parameter of a symbol; where a symbol has two bounds, that of the bound named.
fn parameter_of(vector: &TimingVector) -> Parameter {
    let named: Vec<Parameter> =
        Parameter::ALL.into_iter().filter(|parameter| parameter.symbol() == vector.symbol).collect();
    let bound = if vector.bound == "min" { "Minimum" } else { "Maximum" };
    match named[..] {
        [only] => only,
        _ => named.into_iter().find(|parameter| format!("{parameter:?}").ends_with(bound)).expect("a bound"),
    }
}

#[test]
fn timing_figures_equal_the_table() {
    let vectors: TimingVectors =
        toml::from_str(include_str!("../../vectors/onfi_timing_modes.toml")).expect("readable vectors");
    assert_eq!(vectors.parameter.len(), 36 + 33);
    for vector in &vectors.parameter {
        let interface = if vector.interface == "SDR" { Interface::Sdr } else { Interface::NvDdr };
        for (number, nanoseconds) in (0..).zip(vector.nanoseconds) {
            let mode = TimingMode::new(interface, number).expect("a mode");
            let figure = mode.figure(parameter_of(vector)).map(|picoseconds| picoseconds as f64 / 1_000.0);
            assert_eq!(figure, Some(nanoseconds), "{} {number} {}", vector.interface, vector.symbol);
        }
    }
}

#[test]
fn times_are_rounded_up_to_cycles_and_holds_down() {
    let timing = TimingMode::new(Interface::Sdr, 5).expect("a mode").timing(7_500);
    let cycles = [Parameter::Wp, Parameter::Wh, Parameter::Wc, Parameter::Rea, Parameter::Adl, Parameter::Wb];
    assert_eq!(cycles.map(|parameter| timing.cycles(parameter)), [2, 1, 3, 3, 54, 14]);
    assert_eq!(timing.whole_cycles(Parameter::Rhoh), 2);
    let clocked = TimingMode::new(Interface::NvDdr, 3).expect("a mode").timing(7_500);
    assert_eq!([Parameter::Ck, Parameter::Cad].map(|parameter| clocked.cycles(parameter)), [2, 6]);
    assert_eq!(clocked.picoseconds(Parameter::Wp), 0, "NV-DDR has no WE# pulse");
}

#[test]
fn modes_are_encoded_as_the_feature_is() {
    for value in 0..=255 {
        let legal = matches!(value, 0x00..=0x05 | 0x10..=0x15);
        assert_eq!(TimingMode::from_feature(value).map(TimingMode::feature), legal.then_some(value));
    }
}

#[test]
fn parameter_page_checksums_equal_check_values() {
    assert_eq!(checksum(b"123456789"), 0x2771);
    assert_eq!(checksum(&[0; 254]), 0x3EEE);
    assert_eq!(checksum(&[0xFF; 254]), 0xC1E2);
    let mut page = [0; 254];
    page[..4].copy_from_slice(b"ONFI");
    assert_eq!(checksum(&page), 0x6917);
}

proptest! {
    #[test]
    fn checksum_equals_the_golden_division(bytes in proptest::collection::vec(any::<u8>(), 2..300)) {
        prop_assert_eq!(checksum(&bytes), onfi_checksum(&bytes));
    }
}

#[test]
fn parameter_pages_say_what_the_chip_is() {
    let config = ChipConfig::of(FlashKind::Emlc, 0);
    let page = parameter_page(&config);
    let short = |at: usize| u16::from_le_bytes([page[at], page[at + 1]]);
    let long = |at: usize| u32::from(short(at)) | u32::from(short(at + 2)) << 16;
    assert_eq!(&page[..4], b"ONFI");
    assert_eq!([long(80), long(92), long(96)], [8192, 256, 4096]);
    assert_eq!(short(84), 744);
    assert_eq!(page[100..103], [8, 0x23, 2]);
    assert_eq!(short(103), 82, "bad blocks at most");
    assert_eq!(page[105..107], [3, 4], "30,000 erases");
    assert_eq!(page[110..114], [1, 0, 40, 1]);
    assert_eq!([short(129), short(133), short(135), short(137), short(139)], [0x3F, 4_000, 10_000, 75, 500]);
    assert_eq!(page[141], 0x3F);
    assert_eq!(short(254), onfi_checksum(&page[..254]));
}
