//! What configures a flash lane: times as cycles, and bus programs.

use hardpath_rtl::flash_controller::lane::{BusAction, BusMode, BusProgram, LaneConfig};

#[test]
fn times_become_cycles_rounded_up() {
    let config = LaneConfig::default();
    assert_eq!(config.validate(), Ok(()));
    assert_eq!((config.cycles(15), config.cycles(16), config.cycles(500)), (2, 3, 67));
    assert_eq!(config.timer_steps(25_000), 209);
    let figures = config.figures(config.run).expect("a mode");
    let run = config.bus_cycles(config.run, &figures);
    assert_eq!((run.write_low, run.write_high), (1, 1));
    let figures = config.figures(config.boot).expect("a mode");
    let boot = config.bus_cycles(config.boot, &figures);
    assert_eq!((boot.write_low, boot.write_high, boot.read_low, boot.read_high), (7, 7, 7, 7));
}

#[test]
fn what_cannot_be_built_is_refused_with_what_would_be_legal() {
    let config = LaneConfig::default();
    for (config, text) in [
        (LaneConfig { run: BusMode::NvDdr(6), ..config }, "timing mode 6"),
        (LaneConfig { page_bits: 9, ..config }, "9 page bits"),
        (LaneConfig { block_bits: 0, ..config }, "0 block bits"),
        (LaneConfig { clock_period_ps: 2000, ..config }, "2000 ps"),
        (LaneConfig { erase_ns: 8_000_000, ..config }, "8000000 ns"),
        (LaneConfig { read_ns: 0, ..config }, "0 ns"),
        (LaneConfig { between_planes_ns: 2000, ..config }, "2000 ns"),
    ] {
        let error = config.validate().expect_err(text).to_string();
        assert!(error.contains(text) && error.contains("legal"), "{error}");
    }
}

#[test]
fn every_mode_can_be_built_at_the_reference_clock() {
    for mode in 0..6 {
        for run in [BusMode::Sdr(mode), BusMode::NvDdr(mode)] {
            assert_eq!(LaneConfig { run, boot: BusMode::Sdr(mode), ..LaneConfig::default() }.validate(), Ok(()));
        }
    }
}

#[test]
fn every_action_of_every_mode_fits_the_program_memory() {
    for mode in 0..6 {
        for run in [BusMode::Sdr(mode), BusMode::NvDdr(mode)] {
            for clock_period_ps in [5000, 6666, 7500, 10_000] {
                let config = LaneConfig { run, clock_period_ps, ..LaneConfig::default() };
                let contents = BusProgram::new(&config).expect("a legal configuration").contents();
                assert!(contents.len() > 170 && contents.len() <= 384);
            }
        }
    }
}

#[test]
fn actions_have_the_numbers_of_their_places() {
    for (index, action) in (0..).zip(BusAction::ALL) {
        assert_eq!(action.number(), index);
    }
}
