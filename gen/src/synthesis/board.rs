//! Boards: what `constraints/<board>/board.toml` says of the device and its clock.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::SynthesisError;
use crate::toolchain::{ToolchainError, workspace_root};

/// FPGA families the flow knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Lattice ECP5 and ECP5-5G: `synth_ecp5`, nextpnr-ecp5.
    Ecp5,
    /// Lattice iCE40: `synth_ice40`, nextpnr-ice40.
    Ice40,
}

/// A board, or a bare device to measure blocks on.
#[derive(Clone, Debug, PartialEq)]
pub struct Board {
    /// The folder's name under `constraints/`.
    pub name: String,
    /// The folder.
    pub directory: PathBuf,
    /// One line for people.
    pub description: String,
    /// Full part number.
    pub part: String,
    /// Device family.
    pub family: Family,
    /// Device as nextpnr's option names it, for example `um5g-85k`.
    pub device: String,
    /// Package as nextpnr names it.
    pub package: String,
    /// Speed grade; ECP5: 6, 7 or 8 (fastest). iCE40 devices carry it in their name.
    pub speed_grade: Option<u8>,
    /// Clock frequency in MHz that designs are constrained to.
    pub clock_mhz: f64,
    /// The top module's clock port.
    pub clock_port: String,
    /// Pins of the package a user may drive.
    pub user_pins: u32,
    /// Pin constraints (.lpf or .pcf); none for a bare device.
    pub pins: Option<PathBuf>,
    /// Whether blocks are always measured without pins.
    pub out_of_context: bool,
    /// More options for Yosys' `synth_*` command.
    pub synthesis_options: Vec<String>,
    /// More options for nextpnr.
    pub place_and_route_options: Vec<String>,
}

/// `board.toml` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoardFile {
    description: String,
    part: String,
    family: Family,
    device: String,
    package: String,
    speed_grade: Option<u8>,
    clock_mhz: f64,
    clock_port: String,
    user_pins: u32,
    pins: Option<String>,
    #[serde(default)]
    out_of_context: bool,
    #[serde(default)]
    synthesis_options: Vec<String>,
    #[serde(default)]
    place_and_route_options: Vec<String>,
}

impl Board {
    /// Loads a board of the workspace's `constraints/`.
    pub fn load(name: &str) -> Result<Self, SynthesisError> {
        Self::load_from(&constraints_directory()?, name)
    }

    /// Every board of the workspace's `constraints/`, sorted by name.
    pub fn names() -> Result<Vec<String>, SynthesisError> {
        names_in(&constraints_directory()?)
    }

    /// Loads a board of another constraints directory.
    pub fn load_from(constraints: &Path, name: &str) -> Result<Self, SynthesisError> {
        let known = names_in(constraints)?;
        if !known.iter().any(|board| board == name) {
            return Err(SynthesisError::UnknownBoard { name: name.to_owned(), known });
        }
        let directory = constraints.join(name);
        let path = directory.join("board.toml");
        let text = fs::read_to_string(&path).map_err(ToolchainError::file("read", &path))?;
        let malformed = |problem: String| SynthesisError::BoardFile { path: path.clone(), problem };
        let file: BoardFile = toml::from_str(&text).map_err(|error| malformed(error.to_string()))?;
        file.check(&directory).map_err(malformed)?;
        Ok(Self {
            name: name.to_owned(),
            description: file.description,
            part: file.part,
            family: file.family,
            device: file.device,
            package: file.package,
            speed_grade: file.speed_grade,
            clock_mhz: file.clock_mhz,
            clock_port: file.clock_port,
            user_pins: file.user_pins,
            pins: file.pins.map(|pins| directory.join(pins)),
            out_of_context: file.out_of_context,
            synthesis_options: file.synthesis_options,
            place_and_route_options: file.place_and_route_options,
            directory,
        })
    }
}

impl BoardFile {
    /// Checks what TOML's types cannot say.
    fn check(&self, directory: &Path) -> Result<(), String> {
        if !(self.clock_mhz.is_finite() && self.clock_mhz > 0.0) {
            return Err(format!("clock_mhz {}: a frequency in MHz above 0 is needed", self.clock_mhz));
        }
        if self.user_pins == 0 {
            return Err("user_pins 0: a package has at least 1".to_owned());
        }
        match (self.family, self.speed_grade) {
            (Family::Ecp5, Some(6..=8)) | (Family::Ice40, None) => {}
            (Family::Ecp5, Some(grade)) => {
                return Err(format!("speed_grade {grade}: ECP5 has 6, 7 and 8"));
            }
            (Family::Ecp5, None) => {
                return Err("speed_grade is missing (ECP5: 6, 7 or 8)".to_owned());
            }
            (Family::Ice40, Some(grade)) => {
                return Err(format!("speed_grade {grade}: iCE40 devices carry it in their name, leave it out"));
            }
        }
        match &self.pins {
            Some(pins) if !directory.join(pins).is_file() => {
                Err(format!("pins `{pins}`: there is no such file beside it"))
            }
            None if !self.out_of_context => {
                Err("pins is missing (only a board with out_of_context = true has none)".to_owned())
            }
            _ => Ok(()),
        }
    }
}

fn constraints_directory() -> Result<PathBuf, SynthesisError> {
    Ok(workspace_root()?.join("constraints"))
}

fn names_in(constraints: &Path) -> Result<Vec<String>, SynthesisError> {
    let entries = fs::read_dir(constraints).map_err(ToolchainError::file("read", constraints))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("board.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPLETE: &str = r#"
        description = "a board"
        part = "LFE5UM5G-85F-8BG381"
        family = "ecp5"
        device = "um5g-85k"
        package = "CABGA381"
        speed_grade = 8
        clock_mhz = 12.0
        clock_port = "clock"
        user_pins = 205
        out_of_context = true
    "#;

    fn load(text: &str) -> Result<Board, SynthesisError> {
        let constraints = tempfile::tempdir().unwrap();
        let directory = constraints.path().join("some-board");
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("board.toml"), text).unwrap();
        Board::load_from(constraints.path(), "some-board")
    }

    #[test]
    fn every_board_of_the_workspace_loads() {
        let names = Board::names().unwrap();
        for expected in ["ecp5-evn", "ecp5-large", "ice40-hx8k"] {
            assert!(names.iter().any(|name| name == expected), "{names:?}");
        }
        for name in names {
            let board = Board::load(&name).unwrap();
            assert_eq!(board.name, name);
        }
    }

    #[test]
    fn unknown_board_lists_the_known_ones() {
        for name in ["ecp6", "../constraints/ecp5-evn", ""] {
            let message = Board::load(name).unwrap_err().to_string();
            assert!(message.contains(&format!("`{name}`")), "{message}");
            let known = "known: ecp5-evn, ecp5-large, ice40-hx8k";
            assert!(message.contains(known), "{message}");
        }
    }

    #[test]
    fn malformed_board_names_the_field() {
        load(COMPLETE).unwrap();
        for (from, to, expected) in [
            ("package = \"CABGA381\"", "", "missing field `package`"),
            ("speed_grade = 8", "speed_grade = 9", "speed_grade 9"),
            ("speed_grade = 8", "", "speed_grade is missing"),
            ("speed_grade = 8", "speed_grade = \"8\"", "speed_grade"),
            ("\"ecp5\"", "\"ecp6\"", "ecp6"),
            ("clock_mhz = 12.0", "clock_mhz = -1.0", "clock_mhz -1"),
            ("clock_mhz = 12.0", "clock_mhz = nan", "clock_mhz NaN"),
            ("user_pins = 205", "user_pins = 0", "user_pins 0"),
            ("user_pins = 205", "user_pin = 205", "user_pin"),
            ("out_of_context = true", "", "pins is missing"),
            ("out_of_context = true", "pins = \"x.lpf\"", "x.lpf"),
        ] {
            let message = load(&COMPLETE.replace(from, to)).unwrap_err().to_string();
            assert!(message.contains(expected), "{from} -> {to}: {message}");
            assert!(message.contains("board.toml"), "{message}");
        }
    }
}
