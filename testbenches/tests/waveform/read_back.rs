//! Every value of every cycle comes back.

use crate::design::{STATES, sample};
use crate::reader::Recorded;
use hardpath_netlist::Constant;
use hardpath_sim::waveform::{FstSink, Selection, Sink, TracedDesign, Tracer, VcdSink, View, Window};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::PathBuf;
use tempfile::TempDir;

const PERIOD_PS: u64 = 3333;
const CYCLES: u64 = 3000;

/// What was traced: per cycle the words of the observed nets.
struct Run {
    traced: TracedDesign,
    samples: Vec<Vec<u64>>,
    vcd: PathBuf,
    fst: PathBuf,
    _directory: TempDir,
}

/// Random values that often rest, sparse and dense, with an enumeration value that has no name now and then.
fn random_sample(traced: &TracedDesign, random: &mut StdRng, words: &mut [u64]) {
    let design = sample();
    let mut at = 0;
    for net in traced.observed() {
        let mut circuit = design.top();
        for instance in &net.instance {
            circuit = design.circuit(circuit.instances[*instance].circuit);
        }
        let width = circuit.net(net.net).width;
        let count = width.div_ceil(64) as usize;
        if random.random_bool(0.4) {
            let shift = random.random_range(0..width);
            let raw: Vec<u64> = (0..count).map(|_| random.random()).collect();
            let value = Constant::new(width, Constant::from_words(width, &raw).value() >> shift);
            words[at..at + count].copy_from_slice(&value.words());
        }
        at += count;
    }
    assert_eq!(at, words.len());
}

fn run(window: Window) -> Run {
    let traced = TracedDesign::new(&sample(), &Selection::everything()).expect("a design");
    let directory = TempDir::new().expect("a directory");
    let (vcd, fst) = (directory.path().join("run.vcd"), directory.path().join("run.fst"));
    let sinks: Vec<Box<dyn Sink>> = vec![
        Box::new(VcdSink::create(&vcd, &traced).expect("a VCD file")),
        Box::new(FstSink::create(&fst, &traced).expect("an FST file")),
    ];
    let mut tracer = Tracer::new(&traced, &[PERIOD_PS], window, sinks).expect("one clock");
    let mut random = StdRng::seed_from_u64(7);
    let mut values = vec![0; traced.observed_words()];
    let mut samples = Vec::new();
    for _ in 0..CYCLES {
        random_sample(&traced, &mut random, &mut values);
        if tracer.is_recording() {
            tracer.buffer().copy_from_slice(&values);
            tracer.record().expect("recorded");
        }
        tracer.advance(1).expect("advanced");
        samples.push(values.clone());
    }
    tracer.finish().expect("finished");
    Run { traced, samples, vcd, fst, _directory: directory }
}

/// The value a waveform must show, as the reader prints it.
fn expected(run: &Run, signal: usize, cycle: u64, states_as_text: bool) -> String {
    let signal = run.traced.signals()[signal];
    let words = &run.samples[cycle as usize];
    // The only constant of the design.
    let value = if signal.word >= words.len() {
        Constant::new(12, 0x0a5_u32)
    } else {
        let wide = (signal.low + signal.width).next_multiple_of(64);
        let all = &words[signal.word..signal.word + (wide / 64) as usize];
        Constant::new(signal.width, Constant::from_words(wide, all).value() >> signal.low)
    };
    match signal.view {
        View::Enum(_) if states_as_text => {
            let value = value.to_u64().expect("small");
            STATES.get(value as usize).map_or_else(|| value.to_string(), |name| (*name).to_owned())
        }
        _ => (0..signal.width).rev().map(|bit| if value.get_bit(bit) { '1' } else { '0' }).collect(),
    }
}

fn compare(run: &Run, recorded: &Recorded, cycles: std::ops::Range<u64>, states_as_text: bool) -> usize {
    let mut compared = 0;
    run.traced.top().for_each_variable(&mut |path, variable| {
        let name = path.join(".");
        for cycle in cycles.clone() {
            // Right at the edge, and just before the next one.
            for time in [cycle * PERIOD_PS, (cycle + 1) * PERIOD_PS - 1] {
                let value = recorded.at(&name, time).unwrap_or("nothing");
                if let View::Clock(_) = run.traced.signals()[variable.signal].view {
                    let high = cycle > 0 && time == cycle * PERIOD_PS;
                    assert_eq!(value, if high { "1" } else { "0" }, "{name} at {time} ps");
                } else {
                    let wanted = expected(run, variable.signal, cycle, states_as_text);
                    assert_eq!(value, wanted, "{name} in cycle {cycle}");
                }
                compared += 1;
            }
        }
    });
    compared
}

#[test]
fn every_value_of_every_cycle_comes_back_from_vcd() {
    let run = run(Window::new(0, 300).expect("a window"));
    let recorded = Recorded::read(&run.vcd);
    assert!(compare(&run, &recorded, 0..300, true) > 10_000);
}

#[test]
fn every_value_of_every_cycle_comes_back_from_fst() {
    let run = run(Window::new(0, 300).expect("a window"));
    let recorded = Recorded::read(&run.fst);
    assert!(compare(&run, &recorded, 0..300, false) > 10_000);
}

#[test]
fn a_window_in_the_middle_holds_its_cycles_and_no_others() {
    let run = run(Window::new(1000, 1040).expect("a window"));
    for (path, states_as_text) in [(&run.vcd, true), (&run.fst, false)] {
        let recorded = Recorded::read(path);
        compare(&run, &recorded, 1000..1040, states_as_text);
        assert_eq!(recorded.span().1, 1040 * PERIOD_PS, "{}", path.display());
        // An FST begins at time 0, with unknown values.
        let unknown = "x".repeat(64);
        let before = recorded.at("sample.word_data", 1000 * PERIOD_PS - 1);
        assert_eq!(before, (path == &run.fst).then_some(unknown.as_str()));
    }
}

#[test]
fn a_signal_is_written_only_when_it_changes() {
    let run = run(Window::ALWAYS);
    let mut checked = 0;
    for path in [&run.vcd, &run.fst] {
        let recorded = Recorded::read(path);
        run.traced.top().for_each_variable(&mut |names, variable| {
            if let View::Bits = run.traced.signals()[variable.signal].view {
                let mut changes = vec![0];
                for cycle in 1..CYCLES {
                    if expected(&run, variable.signal, cycle, false)
                        != expected(&run, variable.signal, cycle - 1, false)
                    {
                        changes.push(cycle * PERIOD_PS);
                    }
                }
                assert_eq!(recorded.change_times(&names.join(".")), changes, "{}", names.join("."));
                checked += 1;
            }
        });
    }
    assert!(checked > 20);
}

#[test]
fn states_have_names() {
    let run = run(Window::new(0, 50).expect("a window"));
    let fst = Recorded::read(&run.fst);
    let named = [("00", "Idle"), ("01", "Busy"), ("10", "Done")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(fst.states("sample.left.state"), Some(("WorkerState".to_owned(), named.to_vec())));
    assert_eq!(fst.states("sample.word_valid"), None);
    let vcd = Recorded::read(&run.vcd);
    let shown: Vec<&str> = (0..50).filter_map(|cycle| vcd.at("sample.left.state", cycle * PERIOD_PS)).collect();
    assert!(STATES.iter().all(|state| shown.contains(state)), "{shown:?}");
}

#[test]
fn both_sides_of_a_port_and_plain_copies_share_an_identifier() {
    let run = run(Window::new(0, 2).expect("a window"));
    for path in [&run.vcd, &run.fst] {
        let recorded = Recorded::read(path);
        let same = |left: &str, right: &str| recorded.identifier(left) == recorded.identifier(right);
        assert!(same("sample.word_data", "sample.left_word_data"));
        assert!(same("sample.word_data", "sample.right.word_data"));
        assert!(same("sample.left_word_ready", "sample.left.word_ready"));
        assert!(same("sample.clock", "sample.right.clock"));
        assert!(same("sample.left.state", "sample.left.state_copy"));
        assert!(!same("sample.left.state", "sample.right.state"));
        assert!(!same("sample.word_ready", "sample.left.word_ready"));
    }
}

#[test]
fn memory_stays_while_files_grow() {
    // More than a section of the FST and many buffers of the VCD; sections must join without a seam.
    let traced = TracedDesign::new(&sample(), &Selection::of(["wide", "word_data", "clock"])).expect("a design");
    let directory = TempDir::new().expect("a directory");
    let (vcd, fst) = (directory.path().join("run.vcd"), directory.path().join("run.fst"));
    let sinks: Vec<Box<dyn Sink>> = vec![
        Box::new(VcdSink::create(&vcd, &traced).expect("a VCD file")),
        Box::new(FstSink::create(&fst, &traced).expect("an FST file")),
    ];
    let mut tracer = Tracer::new(&traced, &[1000], Window::ALWAYS, sinks).expect("one clock");
    let cycles = 500_000_u64;
    let mut sizes = Vec::new();
    for cycle in 0..cycles {
        for (index, word) in tracer.buffer().iter_mut().enumerate() {
            *word =
                (cycle + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15 + index as u64) & if index == 2 { 3 } else { u64::MAX };
        }
        tracer.record().expect("recorded");
        tracer.advance(1).expect("advanced");
        if cycle == cycles / 2 {
            sizes.push((vcd.metadata().expect("a file").len(), fst.metadata().expect("a file").len()));
        }
    }
    tracer.finish().expect("finished");
    let whole = (vcd.metadata().expect("a file").len(), fst.metadata().expect("a file").len());
    assert!(sizes[0].0 > whole.0 / 4 && sizes[0].1 > whole.1 / 8, "written while running: {sizes:?} of {whole:?}");
    for path in [&vcd, &fst] {
        let recorded = Recorded::read(path);
        assert_eq!(recorded.change_times("sample.clock").len() as u64, 2 * cycles);
        let wide = recorded.change_times("sample.wide");
        assert_eq!(wide.len() as u64, cycles);
        assert_eq!(wide[123_456], 123_456_000);
    }
}
