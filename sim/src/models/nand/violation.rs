//! Rules of the bus, and what breaks them.

use super::timing_figures::Parameter;
use std::fmt;
use thiserror::Error;

/// A rule that a chip checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A timing parameter of the mode in use.
    Timing(Parameter),
    /// NV-DDR: the clock runs while the chip is enabled.
    ClockRuns,
    /// The controller drives DQ only while no chip does.
    DataContention,
    /// The controller drives DQS only while no chip does.
    StrobeContention,
    /// At most one chip of a lane is enabled.
    OneChipEnabled,
    /// The controller drives DQ when a command, an address or data is latched.
    DataDriven,
    /// CLE and ALE are not both high when SDR latches.
    OneLatch,
    /// CLE and ALE allow what WE#, RE# or W/R# ask for.
    LatchesLowForData,
    /// WE# and RE# are not low together.
    OneDirection,
    /// NV-DDR: DQS is low when the controller begins to drive it.
    StrobePreamble,
    /// NV-DDR: DQS moves only in data cycles.
    StrobeInData,
    /// NV-DDR: data come in pairs of bytes.
    StrobePairs,
    /// The first command after power up is a reset.
    ResetFirst,
    /// The chip knows the command.
    KnownCommand,
    /// A command comes where the sequence allows it.
    CommandSequence,
    /// An address cycle comes where a command asks for it.
    AddressSequence,
    /// Data come where a command asks for them.
    DataSequence,
    /// The chip has something to output when it is read.
    OutputPresent,
    /// A busy LUN gets status and reset commands only, a busy chip likewise.
    LunReady,
    /// Status 70h is not asked while several LUNs may answer.
    StatusOfOneLun,
    /// Data are read from a LUN that was selected after reads of several.
    LunSelected,
    /// LUN, block and page exist.
    RowInRange,
    /// The column exists.
    ColumnInRange,
    /// Data end with the page, parameter page, identifier or feature.
    DataInRange,
    /// Pages of a block are programmed one after the other.
    PageOrder,
    /// A page is programmed at most as often as its type allows between erases.
    PartialPrograms,
    /// Bytes are programmed once, in a block whose erase was finished.
    Erased,
    /// Addresses of a multi-plane operation: one LUN, different planes, the same page.
    MultiPlane,
    /// Nothing is programmed or erased while WP# is low.
    WriteEnabled,
    /// After a change of interface the chip is disabled once before it is used.
    DisabledForInterface,
    /// The command exists in the interface in use.
    CommandOfInterface,
    /// The feature exists and the value is legal.
    FeatureValue,
}

impl Rule {
    /// Every rule that is checked.
    pub const ALL: [Self; 64] = [
        Self::Timing(Parameter::Wp),
        Self::Timing(Parameter::Wh),
        Self::Timing(Parameter::Wc),
        Self::Timing(Parameter::Cls),
        Self::Timing(Parameter::Clh),
        Self::Timing(Parameter::Als),
        Self::Timing(Parameter::Alh),
        Self::Timing(Parameter::Cs),
        Self::Timing(Parameter::Ch),
        Self::Timing(Parameter::Ds),
        Self::Timing(Parameter::Dh),
        Self::Timing(Parameter::Rp),
        Self::Timing(Parameter::Reh),
        Self::Timing(Parameter::Rc),
        Self::Timing(Parameter::Adl),
        Self::Timing(Parameter::Ccs),
        Self::Timing(Parameter::Whr),
        Self::Timing(Parameter::Wb),
        Self::Timing(Parameter::Rr),
        Self::Timing(Parameter::Rhw),
        Self::Timing(Parameter::Ar),
        Self::Timing(Parameter::Clr),
        Self::Timing(Parameter::Ww),
        Self::Timing(Parameter::Ceh),
        Self::Timing(Parameter::Ir),
        Self::Timing(Parameter::Ck),
        Self::Timing(Parameter::Cad),
        Self::Timing(Parameter::Wrck),
        Self::Timing(Parameter::Dsc),
        Self::Timing(Parameter::Cals),
        Self::Timing(Parameter::Calh),
        Self::Timing(Parameter::Cas),
        Self::Timing(Parameter::Cah),
        Self::ClockRuns,
        Self::DataContention,
        Self::StrobeContention,
        Self::OneChipEnabled,
        Self::DataDriven,
        Self::OneLatch,
        Self::LatchesLowForData,
        Self::OneDirection,
        Self::StrobePreamble,
        Self::StrobeInData,
        Self::StrobePairs,
        Self::ResetFirst,
        Self::KnownCommand,
        Self::CommandSequence,
        Self::AddressSequence,
        Self::DataSequence,
        Self::OutputPresent,
        Self::LunReady,
        Self::StatusOfOneLun,
        Self::LunSelected,
        Self::RowInRange,
        Self::ColumnInRange,
        Self::DataInRange,
        Self::PageOrder,
        Self::PartialPrograms,
        Self::Erased,
        Self::MultiPlane,
        Self::WriteEnabled,
        Self::DisabledForInterface,
        Self::CommandOfInterface,
        Self::FeatureValue,
    ];
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timing(parameter) => formatter.write_str(parameter.symbol()),
            other => write!(formatter, "{other:?}"),
        }
    }
}

/// A rule that was broken: where, by what, and what would have been legal.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("cycle {cycle}, chip {chip}: {rule}: {found} (legal: {legal})")]
pub struct Violation {
    /// The cycle in which it was seen.
    pub cycle: u64,
    /// The chip.
    pub chip: u8,
    /// The rule.
    pub rule: Rule,
    /// What was seen.
    pub found: String,
    /// What is legal.
    pub legal: String,
}
