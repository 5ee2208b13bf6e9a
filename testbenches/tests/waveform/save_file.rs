//! GTKWave save files refer to what is in the waveform.

use crate::design::sample;
use crate::reader::Recorded;
use hardpath_sim::waveform::{FstSink, SaveFile, Selection, Sink, TracedDesign, Tracer, VcdSink, Window};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn waveform(directory: &Path, name: &str) -> (TracedDesign, PathBuf) {
    let traced = TracedDesign::new(&sample(), &Selection::everything()).expect("a design");
    let path = directory.join(name);
    let sink: Box<dyn Sink> = if name.ends_with(".fst") {
        Box::new(FstSink::create(&path, &traced).expect("a file"))
    } else {
        Box::new(VcdSink::create(&path, &traced).expect("a file"))
    };
    let mut tracer = Tracer::new(&traced, &[1000], Window::ALWAYS, vec![sink]).expect("one clock");
    for cycle in 0..10 {
        tracer.buffer().fill(cycle & 1);
        tracer.record().expect("recorded");
        tracer.advance(1).expect("advanced");
    }
    tracer.finish().expect("finished");
    (traced, path)
}

/// Signal lines: not a flag, group, translation, comment or setting.
fn signal_lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("sample.")).collect()
}

#[test]
fn every_signal_line_names_a_signal_with_its_range() {
    let directory = TempDir::new().expect("a directory");
    for name in ["run.vcd", "run.fst"] {
        let (traced, dump) = waveform(directory.path(), name);
        let path = directory.path().join(format!("{name}.gtkw"));
        SaveFile::new(&traced, &dump, 2000..5000).write(&path).expect("a save file");
        let text = std::fs::read_to_string(&path).expect("a save file");
        let recorded = Recorded::read(&dump);
        let lines = signal_lines(&text);
        assert!(lines.len() > 15, "{text}");
        for line in lines {
            let (signal, range) = line.split_once('[').map_or((line, None), |(name, range)| (name, Some(range)));
            let value = recorded.at(signal, 0).expect("a value from the start");
            match range {
                Some(range) => assert_eq!(range, format!("{}:0]", value.len() - 1), "{line}"),
                None => assert!(value.len() == 1 || name.ends_with("vcd"), "{line}: {value}"),
            }
        }
        assert!(text.contains(&format!("[dumpfile] \"{}\"", dump.display())), "{text}");
        assert!(text.contains("[timestart] 2000"), "{text}");
    }
}

#[test]
fn groups_open_and_close_and_streams_stand_together() {
    let directory = TempDir::new().expect("a directory");
    let (traced, dump) = waveform(directory.path(), "run.vcd");
    let path = directory.path().join("run.gtkw");
    SaveFile::new(&traced, &dump, 0..10_000).write(&path).expect("a save file");
    let text = std::fs::read_to_string(&path).expect("a save file");
    let mut open: Vec<&str> = Vec::new();
    let mut flags = 0;
    let mut seen = Vec::new();
    for line in text.lines() {
        if let Some(hexadecimal) = line.strip_prefix('@') {
            flags = u32::from_str_radix(hexadecimal, 16).expect("flags");
        } else if let Some(name) = line.strip_prefix('-') {
            match flags {
                0x80_0200 | 0xc0_0200 => {
                    open.push(name);
                    seen.push(name);
                }
                0x100_0200 | 0x140_0200 => assert_eq!(open.pop(), Some(name)),
                other => panic!("flags {other:x} on group {name}"),
            }
        }
    }
    assert!(open.is_empty());
    assert_eq!(seen, ["word", "left", "header", "right", "header"]);
    let stream = "@28\nsample.word_valid\nsample.word_ready\n@22\nsample.word_data[63:0]\n";
    assert!(text.contains(stream), "{text}");
    assert!(text.contains("@424\nsample.left.total[15:0]\n"), "{text}");
    assert!(!text.contains("left_word_data"), "a connection repeats the port of its block: {text}");
}

#[test]
fn states_of_an_fst_are_translated_by_a_file_beside_it() {
    let directory = TempDir::new().expect("a directory");
    let (traced, dump) = waveform(directory.path(), "run.fst");
    let path = directory.path().join("run.gtkw");
    let written = SaveFile::new(&traced, &dump, 0..10_000).write(&path).expect("a save file");
    let states = directory.path().join("run.gtkw.WorkerState.states");
    assert_eq!(written, [path.clone(), states.clone()]);
    assert_eq!(std::fs::read_to_string(&states).expect("a file"), "00 Idle\n01 Busy\n10 Done\n");
    let text = std::fs::read_to_string(&path).expect("a save file");
    let translated = format!("@2028\n^1 {}\nsample.left.state[1:0]\n", states.display());
    assert!(text.contains(&translated), "{text}");
}

#[test]
fn states_of_a_vcd_are_text_already() {
    let directory = TempDir::new().expect("a directory");
    let (traced, dump) = waveform(directory.path(), "run.vcd");
    let path = directory.path().join("run.gtkw");
    assert_eq!(SaveFile::new(&traced, &dump, 0..1).write(&path).expect("a save file"), std::slice::from_ref(&path));
    assert!(signal_lines(&std::fs::read_to_string(&path).expect("a save file")).contains(&"sample.left.state"));
}
