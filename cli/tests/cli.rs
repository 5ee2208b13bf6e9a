//! The command line as a user meets it: figures, files, exit status, and what bad input gets.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn hardpath(arguments: &[&str], directory: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hardpath"))
        .args(arguments)
        .current_dir(directory)
        .output()
        .expect("hardpath starts")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Bytes without a pattern that striping could hide behind.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Runs `sim` expecting failure: the message, having checked the status and that nothing was left behind.
fn refusal(arguments: &[&str], status: i32) -> String {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("input"), noise(10_000)).unwrap();
    fs::write(directory.path().join("empty"), []).unwrap();
    fs::write(directory.path().join("log"), "fio version 2 iolog\na add\na open\na write 0 nonsense\n").unwrap();
    fs::create_dir(directory.path().join("folder")).unwrap();
    let before = names(directory.path());
    let output = hardpath(arguments, directory.path());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", stderr(&output));
    assert!(output.stdout.is_empty(), "a failed command prints nothing to standard output");
    assert_eq!(names(directory.path()), before, "{arguments:?} left something behind");
    stderr(&output)
}

#[test]
fn ten_megabytes_come_back_whatever_lane_fails() {
    let directory = tempfile::tempdir().unwrap();
    let data = noise(10 << 20);
    fs::write(directory.path().join("input"), &data).unwrap();
    for lane in ["none", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] {
        let output = hardpath(
            &["sim", "--input", "input", "--fail-lane", lane, "--out", "back", "--json", "run"],
            directory.path(),
        );
        assert!(output.status.success(), "lane {lane}: {}", stderr(&output));
        assert!(fs::read(directory.path().join("back")).unwrap() == data, "lane {lane}: other data came back");
        let report: serde_json::Value =
            serde_json::from_slice(&fs::read(directory.path().join("run")).unwrap()).unwrap();
        assert_eq!(report["bytes"], 10 << 20);
        assert_eq!(report["strips"], 2560);
        assert_eq!(report["stripes"], 285);
        assert_eq!(report["lanes"], 10);
        // Strips go round robin over the lanes, so that every lane has 256 of the 2,560.
        assert_eq!(report["degraded_strips"], if lane == "none" { 0 } else { 256 }, "lane {lane}");
        assert_eq!(report["input_sha256"], report["output_sha256"]);
        assert!(report["bytes_per_cycle"].as_f64().unwrap() > 7.98, "a bubble: {report}");
        for key in ["cycles", "clock_mhz", "simulated_mb_per_s", "wall_cycles_per_s"] {
            assert!(report[key].as_f64().unwrap() > 0.0, "{key}");
        }
    }
}

#[test]
fn a_length_that_is_no_multiple_of_a_strip_is_restored() {
    let directory = tempfile::tempdir().unwrap();
    for length in [1, 7, 4095, 4096, 4097, 36_864, 36_865, 100_003] {
        let data = noise(length);
        fs::write(directory.path().join("input"), &data).unwrap();
        let output = hardpath(&["sim", "--input", "input", "--fail-lane", "0", "--out", "back"], directory.path());
        assert!(output.status.success(), "{length} bytes: {}", stderr(&output));
        assert_eq!(fs::read(directory.path().join("back")).unwrap(), data, "{length} bytes");
    }
}

#[test]
fn geometries_and_word_widths_are_free() {
    let directory = tempfile::tempdir().unwrap();
    let data = noise(200_001);
    fs::write(directory.path().join("input"), &data).unwrap();
    for (geometry, strip, word, lane) in
        [("2+1", "512", "32", "2"), ("15+1", "8192", "512", "15"), ("4+1", "65536", "128", "1")]
    {
        let arguments = ["sim", "--input", "input", "--out", "back", "--geometry", geometry, "--strip-bytes", strip];
        let more = ["--word-bits", word, "--fail-lane", lane, "--back-pressure", "11"];
        let output = hardpath(&[&arguments[..], &more[..]].concat(), directory.path());
        assert!(output.status.success(), "{geometry}: {}", stderr(&output));
        assert_eq!(fs::read(directory.path().join("back")).unwrap(), data, "{geometry}");
    }
}

#[test]
fn waveforms_and_their_save_file_appear() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("input"), noise(9 * 4096)).unwrap();
    let arguments = ["sim", "--input", "input", "--vcd", "run.vcd", "--fst", "run.fst", "--trace-cycles", "0..2000"];
    let output = hardpath(&arguments, directory.path());
    assert!(output.status.success(), "{}", stderr(&output));
    let vcd = fs::read_to_string(directory.path().join("run.vcd")).unwrap();
    assert!(vcd.contains("$enddefinitions") && vcd.contains("stripe_data_path"));
    assert!(directory.path().join("run.fst").metadata().unwrap().len() > 1000);
    let save_file = fs::read_to_string(directory.path().join("run.gtkw")).unwrap();
    assert!(save_file.contains("run.fst"), "{save_file}");
}

/// Peak resident memory in KiB of a `sim` run, as the kernel last told before it ended.
#[cfg(target_os = "linux")]
fn peak_memory(bytes: usize) -> u64 {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("input"), noise(bytes)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hardpath"))
        .args([
            "sim",
            "--input",
            "input",
            "--fail-lane",
            "2",
            "--out",
            "back",
            "--vcd",
            "w.vcd",
            "--trace",
            "sink_valid",
        ])
        .current_dir(directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kib) = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()) {
            peak = kib;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    peak
}

#[test]
#[cfg(target_os = "linux")]
fn peak_memory_does_not_grow_with_the_input() {
    let (small, large) = (peak_memory(1 << 20), peak_memory(24 << 20));
    assert!(small > 0 && large < small + (6 << 10), "{small} KiB for 1 MB, {large} KiB for 24 MB");
}

#[test]
fn bad_input_files_are_named() {
    assert!(refusal(&["sim", "--input", "absent", "--out", "o"], 2).contains("absent"));
    assert!(refusal(&["sim", "--input", "folder", "--out", "o"], 2).contains("directory"));
    assert!(refusal(&["sim", "--input", "empty", "--out", "o"], 2).contains("empty"));
}

#[test]
fn bad_geometries_say_what_is_legal() {
    for geometry in ["1+1", "16+1", "9+2", "9", "", "nine+1", "9+1+1", "-3+1", "99999999999999999999+1"] {
        let message = refusal(&["sim", "--input", "input", &format!("--geometry={geometry}"), "--out", "o"], 2);
        assert!(message.contains("legal"), "{geometry}: {message}");
    }
    assert!(refusal(&["sim", "--input", "input", "--strip-bytes", "1000"], 2).contains("1000"));
    assert!(refusal(&["sim", "--input", "input", "--word-bits", "48"], 2).contains("48"));
    assert!(refusal(&["sim", "--input", "input", "--clock-mhz", "nan"], 2).contains("legal"));
    assert!(refusal(&["sim", "--input", "input", "--trace-cycles", "9..3", "--vcd", "w"], 2).contains("9..3"));
}

#[test]
fn bad_lanes_say_what_is_legal_and_two_lose_the_stripe() {
    assert!(refusal(&["sim", "--input", "input", "--fail-lane", "10", "--out", "o"], 2).contains("legal: 0..=9"));
    assert!(refusal(&["sim", "--input", "input", "--fail-lane", "x", "--out", "o"], 2).contains("legal: 0..=9"));
    let message = refusal(&["sim", "--input", "input", "--fail-lane", "1", "--fail-lane", "4", "--out", "o"], 1);
    assert!(message.contains("stripe lost"), "{message}");
}

#[test]
fn a_controller_under_a_workload_tells_its_figures() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["sim", "--scenario", "controller", "--commands", "60", "--logical-pages", "64", "--json", "run"];
    let output = hardpath(&arguments, directory.path());
    assert!(output.status.success(), "{}", stderr(&output));
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(directory.path().join("run")).unwrap()).unwrap();
    let operations = report["workload"]["operations"].as_array().unwrap();
    let commands: u64 = operations.iter().map(|operation| operation["commands"].as_u64().unwrap()).sum();
    assert_eq!((commands, report["verify_errors"].as_u64()), (60, Some(0)));
}

#[test]
fn bad_controllers_and_workloads_say_what_is_legal() {
    let refused = |arguments: &[&str]| refusal(&[&["sim", "--scenario", "controller"], arguments].concat(), 2);
    assert!(refused(&["--workload", "absent"]).contains("absent"));
    assert!(refused(&["--workload", "log"]).contains("log:4"));
    assert!(refused(&["--inject", "lane:3@2ms"]).contains("legal: bits"));
    assert!(refused(&["--inject", "chip:20@2ms"]).contains("legal: 0..=19"));
    assert!(refused(&["--power-cut", "5"]).contains("legal: a number with a unit"));
    assert!(refused(&["--rebuild", "scratch"]).contains("tables, headers"));
    assert!(refused(&["--dies", "3"]).contains("legal: 1, 2, 4, 8"));
    assert!(refused(&["--queue-depth", "129"]).contains("legal: 1..=128"));
    assert!(refused(&["--geometry", "4+1"]).contains("--scenario file"));
    assert!(refusal(&["sim", "--workload", "mixed"], 2).contains("--scenario controller"));
}

#[test]
fn a_host_at_a_fibre_channel_port_tells_its_figures_and_leaves_its_frames() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["sim", "--scenario", "fc", "--commands", "40", "--logical-pages", "16", "--json", "run"];
    let output = hardpath(&[&arguments[..], &["--pcap", "frames.pcap"]].concat(), directory.path());
    assert!(output.status.success(), "{}", stderr(&output));
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(directory.path().join("run")).unwrap()).unwrap();
    assert_eq!((report["attach"].as_str(), report["link_speed_gbps"].as_u64()), (Some("p2p"), Some(8)));
    assert_eq!((report["exchanges"].as_u64(), report["verify_errors"].as_u64()), (Some(56), Some(0)));
    // Every frame of the report is in the file, behind a header of 24 bytes.
    let pcap = fs::read(directory.path().join("frames.pcap")).unwrap();
    let word = |place: usize| u32::from_le_bytes(pcap[place..place + 4].try_into().unwrap());
    assert_eq!((word(0), word(20)), (0xA1B2_3C4D, 225));
    let mut place = 24;
    let mut frames = 0;
    while place < pcap.len() {
        frames += 1;
        place += 16 + word(place + 8) as usize;
    }
    let counted = report["frames_in"].as_u64().unwrap() + report["frames_out"].as_u64().unwrap();
    assert_eq!(frames, counted);
}

#[test]
fn hosts_in_a_fabric_or_in_a_loop_find_the_array() {
    let directory = tempfile::tempdir().unwrap();
    for attach in ["fabric", "loop"] {
        let arguments = ["sim", "--scenario", "fc", "--commands", "30", "--logical-pages", "16", "--json", attach];
        let output = hardpath(
            &[&arguments[..], &["--attach", attach, "--hosts", "3", "--ports", "1"]].concat(),
            directory.path(),
        );
        assert!(output.status.success(), "{}", stderr(&output));
        let report: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(directory.path().join(attach)).unwrap()).unwrap();
        assert_eq!(report["attach"].as_str(), Some(attach));
        assert_eq!((report["exchanges"].as_u64(), report["verify_errors"].as_u64()), (Some(46), Some(0)));
    }
}

#[test]
fn a_line_gets_the_speed_that_its_host_has() {
    let directory = tempfile::tempdir().unwrap();
    for speed in ["2", "4", "8"] {
        let arguments = ["sim", "--scenario", "fc", "--commands", "30", "--logical-pages", "16", "--json", speed];
        let output =
            hardpath(&[&arguments[..], &["--speed", "auto", "--host-speed", speed]].concat(), directory.path());
        assert!(output.status.success(), "{}", stderr(&output));
        let report: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(directory.path().join(speed)).unwrap()).unwrap();
        assert_eq!(report["link_speed_gbps"].as_u64().unwrap().to_string(), speed);
        assert_eq!((report["exchanges"].as_u64(), report["verify_errors"].as_u64()), (Some(46), Some(0)));
    }
}

#[test]
fn bad_hosts_and_lines_say_what_is_legal() {
    let refused = |arguments: &[&str]| refusal(&[&["sim", "--scenario", "fc"], arguments].concat(), 2);
    assert!(refused(&["--attach", "star"]).contains("legal: p2p, fabric, loop"));
    assert!(refused(&["--hosts", "3"]).contains("hosts 3 with ports 2 (legal: 2)"));
    assert!(refused(&["--attach", "loop", "--hosts", "5", "--ports", "1"]).contains("legal: 1..=4"));
    assert!(refused(&["--attach", "fabric", "--ports", "0"]).contains("ports 0 (legal: 1, 2)"));
    assert!(refused(&["--speed", "16"]).contains("legal: auto, 2, 4, 8"));
    assert!(refused(&["--speed", "auto", "--host-speed", "auto"]).contains("legal: 2, 4, 8"));
    assert!(refused(&["--scramble", "--attach", "loop"]).contains("legal: attach p2p, fabric"));
    assert!(refused(&["--host-speed", "4"]).contains("legal: with speed auto"));
    assert!(refused(&["--workload", "log"]).contains("log:4"));
    assert!(refused(&["--storage-time", "2ms"]).contains("legal: up to 1ms"));
    assert!(refused(&["--host-ppm", "300"]).contains("legal: -200..=200"));
    assert!(refused(&["--pcap", "absent/file"]).contains("absent/file"));
    assert!(refused(&["--dies", "2"]).contains("--scenario controller"));
    assert!(refusal(&["sim", "--speed", "8"], 2).contains("--scenario fc"));
}

#[test]
fn bad_addresses_of_a_server_say_what_is_legal() {
    assert!(refusal(&["serve", "--fcoe", "nowhere"], 2).contains("legal: ADDRESS:PORT"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(refusal(&["serve", "--fcoe", &address], 2).contains(&address));
    assert!(refusal(&["serve", "--fcoe", "0", "--logical-pages", "0"], 2).contains("legal: 1..="));
}

#[test]
fn unwritable_outputs_are_named_before_the_run() {
    for option in ["--out", "--json", "--vcd", "--fst"] {
        assert!(refusal(&["sim", "--input", "input", option, "absent/file"], 2).contains("absent/file"), "{option}");
        assert!(refusal(&["sim", "--input", "input", option, "folder"], 2).contains("folder"), "{option}");
    }
}

#[test]
fn an_unknown_trace_pattern_is_refused() {
    assert!(refusal(&["sim", "--input", "input", "--vcd", "w", "--trace", "no_such_net"], 2).contains("no_such_net"));
}

#[test]
fn unknown_tops_and_boards_list_the_known_ones() {
    assert!(refusal(&["gen", "--top", "nothing", "--out", "o"], 2).contains("xor_parity_engine"));
    assert!(refusal(&["synth", "--top", "nothing", "--board", "ecp5-evn"], 2).contains("xor_parity_engine"));
    assert!(refusal(&["synth", "--top", "skid_buffer", "--board", "nothing"], 2).contains("ecp5-evn"));
}

#[test]
#[cfg(unix)]
fn a_missing_python_or_compiler_is_a_clear_error() {
    let directory = tempfile::tempdir().unwrap();
    let programs = directory.path().join("programs");
    fs::create_dir(&programs).unwrap();
    let synth = || {
        let output = Command::new(env!("CARGO_BIN_EXE_hardpath"))
            .args(["synth", "--top", "skid_buffer", "--board", "ecp5-evn"])
            .current_dir(directory.path())
            .env("PATH", &programs)
            .env("HARDPATH_TOOLS", directory.path().join("tools"))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        stderr(&output)
    };
    let message = synth();
    assert!(message.contains("compiler") || message.contains("Python"), "{message}");
    for name in ["c++", "make", "perl"] {
        std::os::unix::fs::symlink("/bin/true", programs.join(name)).unwrap();
    }
    assert!(synth().contains("Python"), "{}", synth());
}

#[test]
fn every_listed_block_generates() {
    let directory = tempfile::tempdir().unwrap();
    let list = hardpath(&["list"], directory.path());
    let text = String::from_utf8(list.stdout).unwrap();
    assert!(text.lines().count() > 5, "{text}");
    for line in text.lines() {
        let name = line.split_whitespace().next().unwrap();
        let output = hardpath(&["gen", "--top", name, "--out", name], directory.path());
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let files = names(&directory.path().join(name));
        for kind in [".v", ".sdc", ".lpf", "files.f"] {
            assert!(files.iter().any(|file| file.ends_with(kind)), "{name}: no {kind} among {files:?}");
        }
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hardpath"))
        .arg("list")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut message = String::new();
    child.stderr.take().unwrap().read_to_string(&mut message).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(message, "");
}
