//! What a selection takes in.

use crate::design::sample;
use crate::reader::Recorded;
use hardpath_sim::waveform::{FstSink, Selection, Sink, TracedDesign, Tracer, VcdSink, Window};
use tempfile::TempDir;

fn names(patterns: &[&str]) -> Vec<String> {
    let traced = TracedDesign::new(&sample(), &Selection::of(patterns.iter().copied())).expect("something selected");
    let mut names = Vec::new();
    traced.top().for_each_variable(&mut |path, _| names.push(path.join(".")));
    names
}

#[test]
fn a_scope_selects_all_below_it_but_register_inputs_and_constants() {
    let header = ["kind", "length", "tail"].map(|field| format!("sample.left.header.{field}"));
    let nets = ["clock", "word_data", "word_ready", "state", "total", "state_copy"];
    let expected: Vec<String> = nets.map(|net| format!("sample.left.{net}")).into_iter().chain(header).collect();
    assert_eq!(names(&["left"]), expected);
    assert_eq!(names(&["sample.left"]), expected, "with the top's name, as copied from a waveform");
}

#[test]
fn a_net_pattern_selects_across_levels_and_takes_register_inputs_by_name() {
    assert_eq!(names(&["*.state"]), ["sample.left.state", "sample.right.state"]);
    assert_eq!(names(&["right.total_next"]), ["sample.right.total_next"]);
    assert_eq!(names(&["word_?????"]), ["sample.word_valid", "sample.word_ready"]);
    assert_eq!(names(&["wide", "left.total"]), ["sample.wide", "sample.left.total"]);
}

#[test]
fn what_is_not_selected_is_not_asked_of_the_engine() {
    let traced = TracedDesign::new(&sample(), &Selection::of(["left.state", "limit", "clock"])).expect("three nets");
    assert_eq!(traced.observed().len(), 1, "a constant and a clock need no observation");
    assert_eq!(traced.observed_words(), 1);
    assert_eq!(traced.observed()[0].instance, [0]);
}

#[test]
fn a_selection_alone_stands_in_the_files() {
    let directory = TempDir::new().expect("a directory");
    let traced = TracedDesign::new(&sample(), &Selection::of(["right.header", "limit"])).expect("two nets");
    let (vcd, fst) = (directory.path().join("part.vcd"), directory.path().join("part.fst"));
    let sinks: Vec<Box<dyn Sink>> = vec![
        Box::new(VcdSink::create(&vcd, &traced).expect("a file")),
        Box::new(FstSink::create(&fst, &traced).expect("a file")),
    ];
    let mut tracer = Tracer::new(&traced, &[1000], Window::ALWAYS, sinks).expect("one clock");
    tracer.buffer().copy_from_slice(&[0x7, 0]);
    tracer.record().expect("recorded");
    // Finished within the very first cycle: a single time without any clock.
    tracer.finish().expect("finished");
    for path in [&vcd, &fst] {
        let recorded = Recorded::read(path);
        let fields = ["kind", "length", "tail"].map(|field| format!("sample.right.header.{field}"));
        let mut expected: Vec<String> = fields.to_vec();
        expected.insert(0, "sample.limit".to_owned());
        assert_eq!(recorded.names(), expected);
        assert_eq!(recorded.at("sample.right.header.kind", 0), Some("0111"));
        assert_eq!(recorded.at("sample.limit", 0), Some("000010100101"));
    }
}

#[test]
fn a_pattern_without_a_net_is_named_with_the_blocks_there_are() {
    let error = TracedDesign::new(&sample(), &Selection::of(["left", "middle.state"])).expect_err("no such block");
    assert_eq!(error.to_string(), "`middle.state` selects no net of `sample` (its blocks: left, right)");
}

#[test]
fn windows_and_clocks_that_cannot_be_are_refused() {
    let error = Window::new(10, 10).expect_err("no cycle");
    assert_eq!(error.to_string(), "the window from cycle 10 to cycle 10 holds no cycle (legal: an end after 10)");
    let traced = TracedDesign::new(&sample(), &Selection::everything()).expect("a design");
    let error = Tracer::new(&traced, &[], Window::ALWAYS, vec![]).err().expect("a period is missing");
    assert!(error.to_string().starts_with("0 clock periods for a design with 1 clock inputs"), "{error}");
    let error = Tracer::new(&traced, &[1], Window::ALWAYS, vec![]).err().expect("too short");
    assert_eq!(error.to_string(), "clock period of 1 ps (legal: 2 ps and more)");
}

#[test]
fn cycles_without_a_sample_still_show_the_clock() {
    let directory = TempDir::new().expect("a directory");
    let traced = TracedDesign::new(&sample(), &Selection::of(["clock", "word_valid"])).expect("two nets");
    let path = directory.path().join("run.vcd");
    let sink = VcdSink::create(&path, &traced).expect("a file");
    let mut tracer =
        Tracer::new(&traced, &[1000], Window::new(3, 8).expect("cycles"), vec![Box::new(sink)]).expect("one clock");
    tracer.advance(2).expect("before the window");
    assert!(!tracer.is_recording());
    tracer.advance(1).expect("to the window");
    assert!(tracer.is_recording());
    tracer.record().expect("recorded");
    tracer.advance(3).expect("within the window");
    assert_eq!((tracer.cycle(), tracer.time_ps()), (6, 6000));
    tracer.advance(1_000_000_000_000).expect("out of the window, at once");
    assert!(!tracer.is_recording());
    drop(tracer);
    let recorded = Recorded::read(&path);
    let edges = [3000, 3500, 4000, 4500, 5000, 5500, 6000, 6500, 7000, 7500];
    assert_eq!(recorded.change_times("sample.clock"), edges);
    assert_eq!(recorded.span(), (3000, 8000));
}
