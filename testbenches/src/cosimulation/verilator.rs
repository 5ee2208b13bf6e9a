//! Verilog as an executable, by Verilator.

use super::harness::{WRAPPER, program, wrapper};
use super::lint::refuse_warnings;
use super::model::interface_of;
use super::runtime::{compile, objects};
use super::trace::{Interface, Stimulus, Trace, words_of};
use anyhow::{Context, Result, ensure};
use hardpath_gen::toolchain::Toolchain;
use hardpath_gen::verilog;
use hardpath_netlist::Design;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How a model is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildOptions {
    /// For speed: `-O3` in Verilator and in the C++ compiler, for this processor. Otherwise built quickly, and every value
    /// that the Verilog leaves open is random.
    pub optimized: bool,
    /// Able to write a waveform of this format.
    pub waveform: Option<WaveformFormat>,
    /// Every lint warning of the Verilog is an error. Off for netlists that a tool wrote.
    pub refuse_warnings: bool,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self { optimized: false, waveform: None, refuse_warnings: true }
    }
}

/// A waveform that Verilator can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveformFormat {
    /// Value change dump.
    Vcd,
    /// Fast signal trace; to build it takes the development files of lz4 and zlib.
    Fst,
}

/// An executable made of Verilog.
#[derive(Clone, Debug)]
pub struct VerilatorModel {
    interface: Interface,
    directory: PathBuf,
    /// Time Verilator took.
    pub verilate_time: Duration,
    /// Time the C++ compiler took, Verilator's run time not counted.
    pub compile_time: Duration,
}

/// What a run without stimulus took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeRun {
    /// Wall time of the cycles alone.
    pub wall: Duration,
    /// Outputs after the last cycle, in the order of the interface, as a trace of one step.
    pub outputs: Trace,
}

impl VerilatorModel {
    /// Builds the emitted Verilog of a design in `directory`, made if it is missing.
    pub fn build(toolchain: &Toolchain, design: &Design, directory: &Path, options: BuildOptions) -> Result<Self> {
        let files = verilog::write(design, &directory.join("verilog"))?;
        let top = design.top();
        Self::build_files(toolchain, &files, &top.name, interface_of(top), directory, options)
    }

    /// Builds given Verilog files, such as a synthesized netlist, with the ports of module `top`.
    pub fn build_files(
        toolchain: &Toolchain,
        files: &[PathBuf],
        top: &str,
        interface: Interface,
        directory: &Path,
        options: BuildOptions,
    ) -> Result<Self> {
        ensure!(interface.clocks.len() <= 64, "{top}: {} clocks (legal: up to 64)", interface.clocks.len());
        fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
        let directory = directory.canonicalize()?;
        let wrapper_file = directory.join(format!("{WRAPPER}.v"));
        fs::write(&wrapper_file, wrapper(top, &interface))?;

        let level = if options.optimized { "-O3" } else { "-O0" };
        let mut arguments: Vec<OsString> =
            ["--cc", "--no-timing", "--quiet", "--top-module", WRAPPER, "--prefix"].map(OsString::from).to_vec();
        arguments.push(format!("V{WRAPPER}").into());
        arguments.extend(["--Mdir".into(), "verilated".into()]);
        let open_values = if options.optimized { "fast" } else { "unique" };
        arguments.extend(["--x-assign", open_values, "--x-initial", open_values].map(OsString::from));
        // The data-flow optimizer of the pinned version gets some random kernels wrong that Icarus and Verilator without it
        // get right: a reference does without.
        arguments.push(if options.optimized { level } else { "-fno-dfg" }.into());
        arguments.extend(options.waveform.map(|format| match format {
            WaveformFormat::Vcd => OsString::from("--trace"),
            WaveformFormat::Fst => OsString::from("--trace-fst"),
        }));
        arguments.push(if options.refuse_warnings { "-Wall" } else { "-Wno-fatal" }.into());
        for file in files {
            arguments.push(file.canonicalize().with_context(|| format!("Verilog {}", file.display()))?.into());
        }
        arguments.push(wrapper_file.into());
        let start = Instant::now();
        let output = toolchain.verilator()?.run(&arguments, &directory)?;
        let verilate_time = start.elapsed();
        if options.refuse_warnings {
            refuse_warnings("Verilator", &output.text())?;
        }

        let start_objects = objects(toolchain, level, options.waveform)?;
        let start = Instant::now();
        fs::write(
            directory.join("main.cpp"),
            main_source(&directory.join("verilated"), &interface, options.waveform)?,
        )?;
        let mut arguments: Vec<OsString> = vec![level.into()];
        if options.optimized {
            arguments.push("-march=native".into());
        }
        for (definition, format) in [("VM_TRACE_VCD", WaveformFormat::Vcd), ("VM_TRACE_FST", WaveformFormat::Fst)] {
            arguments.push(format!("-D{definition}={}", u32::from(options.waveform == Some(format))).into());
        }
        arguments.push(format!("-DVM_TRACE={}", u32::from(options.waveform.is_some())).into());
        arguments.extend(["-Iverilated", "main.cpp"].map(OsString::from));
        arguments.extend(start_objects.into_iter().map(OsString::from));
        arguments.extend(["-o", "model", "-pthread"].map(OsString::from));
        if options.waveform == Some(WaveformFormat::Fst) {
            arguments.extend(["-llz4", "-lz"].map(OsString::from));
        }
        compile(toolchain, &directory, &arguments)?;
        let compile_time = start.elapsed();
        Ok(Self { interface, directory, verilate_time, compile_time })
    }

    /// The circuit's ports.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// The outputs of every step of a stimulus, sampled before its clocks rise.
    pub fn run(&self, stimulus: &Stimulus) -> Result<Trace> {
        ensure!(
            stimulus.inputs.ports() == self.interface.inputs && stimulus.clocks == self.interface.clocks,
            "a stimulus of other ports than {}'s",
            self.directory.display()
        );
        let scratch = tempfile::tempdir_in(&self.directory)?;
        let path = scratch.path().join("stimulus");
        stimulus.write(&path)?;
        let (_, response) = self.execute("replay", path.into(), scratch.path(), None)?;
        ensure!(response.len() == stimulus.len(), "Verilator: {} steps answered of {}", response.len(), stimulus.len());
        Ok(response)
    }

    /// Raises every clock `cycles` times with all inputs zero; writes a waveform if a file is named.
    pub fn run_free(&self, cycles: u64, waveform: Option<&Path>) -> Result<FreeRun> {
        let scratch = tempfile::tempdir_in(&self.directory)?;
        let (text, outputs) = self.execute("free", cycles.to_string().into(), scratch.path(), waveform)?;
        let nanoseconds: u64 = text.trim().parse().with_context(|| format!("time `{}`", text.trim()))?;
        Ok(FreeRun { wall: Duration::from_nanos(nanoseconds), outputs })
    }

    fn execute(
        &self,
        mode: &str,
        argument: OsString,
        scratch: &Path,
        waveform: Option<&Path>,
    ) -> Result<(String, Trace)> {
        let response = scratch.join("response");
        let output = Command::new(self.directory.join("model"))
            .arg(mode)
            .arg(argument)
            .arg(&response)
            .args(waveform)
            .output()
            .with_context(|| format!("cannot run {}", self.directory.join("model").display()))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            output.status.success(),
            "the verilated model failed ({}): {text}{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        let words = words_of(&fs::read(&response)?)?;
        let mut trace = Trace::new(self.interface.outputs.clone());
        ensure!(trace.stride() > 0, "a circuit without outputs cannot be compared");
        for step in words.chunks_exact(trace.stride()) {
            trace.push(step);
        }
        Ok((text, trace))
    }
}

/// One C++ file that holds the program and all that Verilator wrote: a single short run of the compiler.
fn main_source(verilated: &Path, interface: &Interface, waveform: Option<WaveformFormat>) -> Result<String> {
    let mut sources: Vec<String> = fs::read_dir(verilated)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<Vec<_>>>()?;
    sources.retain(|name| name.ends_with(".cpp"));
    sources.sort();
    let includes: String = sources.iter().map(|name| format!("#include \"{name}\"\n")).collect();
    Ok(format!("{includes}{}", program(interface, waveform)))
}
