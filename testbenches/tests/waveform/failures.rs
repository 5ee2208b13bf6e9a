//! Files that cannot be written.

use crate::design::sample;
use hardpath_sim::waveform::{FstSink, SaveFile, Selection, Sink, TracedDesign, Tracer, VcdSink, Window};
use std::path::Path;

fn traced() -> TracedDesign {
    TracedDesign::new(&sample(), &Selection::everything()).expect("a design")
}

#[test]
fn an_unwritable_path_is_an_error_with_the_path() {
    let directory = tempfile::TempDir::new().expect("a directory");
    let path = directory.path().join("missing").join("run.wave");
    let design = traced();
    let errors = [
        VcdSink::create(&path, &design).err().expect("no directory").to_string(),
        FstSink::create(&path, &design).err().expect("no directory").to_string(),
        SaveFile::new(&design, "run.vcd", 0..1).write(&path).expect_err("no directory").to_string(),
    ];
    for error in errors {
        assert!(error.contains(&path.display().to_string()) && error.contains("No such file"), "{error}");
    }
}

/// Runs until an error comes, at the latest from `finish`.
fn first_error(sink: Box<dyn Sink>) -> Option<String> {
    let design = traced();
    let mut tracer = Tracer::new(&design, &[1000], Window::ALWAYS, vec![sink]).expect("one clock");
    for cycle in 0..100_000_u64 {
        tracer.buffer().fill(cycle.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        if let Err(error) = tracer.record().and_then(|()| tracer.advance(1)) {
            return Some(error.to_string());
        }
    }
    tracer.finish().err().map(|error| error.to_string())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_with_the_path() {
    let full = Path::new("/dev/full");
    let fst = FstSink::create(full, &traced()).expect("held back until values come");
    let errors = [VcdSink::create(full, &traced()).err().map(|error| error.to_string()), first_error(Box::new(fst))];
    for error in errors {
        let error = error.expect("a full disk");
        assert!(error.contains("`/dev/full`") && error.contains("No space left"), "{error}");
    }
}
