//! The figures of the ONFI timing modes.
//!
//! Origin: the tables of the ONFI 1.0 to 3.x timing modes as the Linux 6.1 NAND driver carries them, in picoseconds here.

/// A timing parameter, by its symbol in the data sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// tAC, at most: clock to data.
    AcMaximum,
    /// tAC, at least: clock to data.
    AcMinimum,
    /// tADL, at least: last address cycle to first data cycle.
    Adl,
    /// tALH, at least: ALE hold.
    Alh,
    /// tALS, at least: ALE setup.
    Als,
    /// tAR, at least: ALE low to RE# low.
    Ar,
    /// tCAD, at least: command, address or data cycle to the next.
    Cad,
    /// tCAH, at least: command and address hold.
    Cah,
    /// tCALH, at least: CLE, ALE and W/R# hold.
    Calh,
    /// tCALS, at least: CLE, ALE and W/R# setup.
    Cals,
    /// tCAS, at least: command and address setup.
    Cas,
    /// tCCS, at least: change of column to data.
    Ccs,
    /// tCEA, at most: CE# low to data valid.
    Cea,
    /// tCEH, at least: CE# high between two selections.
    Ceh,
    /// tCHZ, at most: CE# high to outputs off.
    Chz,
    /// tCH, at least: CE# hold.
    Ch,
    /// tCK, at least: clock period.
    Ck,
    /// tCLH, at least: CLE hold.
    Clh,
    /// tCLR, at least: CLE low to RE# low.
    Clr,
    /// tCLS, at least: CLE setup.
    Cls,
    /// tCOH, at least: CE# high to data no longer valid.
    Coh,
    /// tCS, at least: CE# setup.
    Cs,
    /// tDH, at least: data hold.
    Dh,
    /// tDQSCK, at most: clock to DQS.
    DqsckMaximum,
    /// tDQSCK, at least: clock to DQS.
    DqsckMinimum,
    /// tDQSD, at most: W/R# low to DQS driven.
    DqsdMaximum,
    /// tDQSD, at least: W/R# low to DQS driven.
    DqsdMinimum,
    /// tDQSHZ, at most: W/R# high to DQS and data off.
    Dqshz,
    /// tDQSQ, at most: DQS to data.
    Dqsq,
    /// tDSC, at least: DQS period.
    Dsc,
    /// tDS, at least: data setup.
    Ds,
    /// tFEAT, at most: busy for a feature.
    Feat,
    /// tIR, at least: bus released to RE# low.
    Ir,
    /// tITC, at most: busy for a change of interface.
    Itc,
    /// tQHS, at most: data hold skew.
    Qhs,
    /// tRC, at least: RE# low to RE# low.
    Rc,
    /// tREA, at most: RE# low to data valid.
    Rea,
    /// tREH, at least: RE# high.
    Reh,
    /// tRHOH, at least: RE# high to data no longer valid.
    Rhoh,
    /// tRHW, at least: end of data out to the next command.
    Rhw,
    /// tRHZ, at most: RE# high to outputs off.
    Rhz,
    /// tRLOH, at least: RE# low to the byte before no longer valid.
    Rloh,
    /// tRP, at least: RE# low.
    Rp,
    /// tRR, at least: ready to first data out.
    Rr,
    /// tRST, at most: busy after a reset, bound.
    Rst,
    /// tR, at most: page read, bound of all devices.
    R,
    /// tWB, at most: confirmation to busy.
    Wb,
    /// tWC, at least: WE# low to WE# low.
    Wc,
    /// tWHR, at least: command or address to data out.
    Whr,
    /// tWH, at least: WE# high.
    Wh,
    /// tWP, at least: WE# low.
    Wp,
    /// tWRCK, at least: change of W/R# to clock.
    Wrck,
    /// tWW, at least: change of WP# to WE# low.
    Ww,
}

impl Parameter {
    /// Every parameter.
    pub const ALL: [Self; 53] = [
        Self::AcMaximum,
        Self::AcMinimum,
        Self::Adl,
        Self::Alh,
        Self::Als,
        Self::Ar,
        Self::Cad,
        Self::Cah,
        Self::Calh,
        Self::Cals,
        Self::Cas,
        Self::Ccs,
        Self::Cea,
        Self::Ceh,
        Self::Chz,
        Self::Ch,
        Self::Ck,
        Self::Clh,
        Self::Clr,
        Self::Cls,
        Self::Coh,
        Self::Cs,
        Self::Dh,
        Self::DqsckMaximum,
        Self::DqsckMinimum,
        Self::DqsdMaximum,
        Self::DqsdMinimum,
        Self::Dqshz,
        Self::Dqsq,
        Self::Dsc,
        Self::Ds,
        Self::Feat,
        Self::Ir,
        Self::Itc,
        Self::Qhs,
        Self::Rc,
        Self::Rea,
        Self::Reh,
        Self::Rhoh,
        Self::Rhw,
        Self::Rhz,
        Self::Rloh,
        Self::Rp,
        Self::Rr,
        Self::Rst,
        Self::R,
        Self::Wb,
        Self::Wc,
        Self::Whr,
        Self::Wh,
        Self::Wp,
        Self::Wrck,
        Self::Ww,
    ];

    /// The symbol, as in `tADL`.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::AcMaximum | Self::AcMinimum => "tAC",
            Self::Adl => "tADL",
            Self::Alh => "tALH",
            Self::Als => "tALS",
            Self::Ar => "tAR",
            Self::Cad => "tCAD",
            Self::Cah => "tCAH",
            Self::Calh => "tCALH",
            Self::Cals => "tCALS",
            Self::Cas => "tCAS",
            Self::Ccs => "tCCS",
            Self::Cea => "tCEA",
            Self::Ceh => "tCEH",
            Self::Chz => "tCHZ",
            Self::Ch => "tCH",
            Self::Ck => "tCK",
            Self::Clh => "tCLH",
            Self::Clr => "tCLR",
            Self::Cls => "tCLS",
            Self::Coh => "tCOH",
            Self::Cs => "tCS",
            Self::Dh => "tDH",
            Self::DqsckMaximum | Self::DqsckMinimum => "tDQSCK",
            Self::DqsdMaximum | Self::DqsdMinimum => "tDQSD",
            Self::Dqshz => "tDQSHZ",
            Self::Dqsq => "tDQSQ",
            Self::Dsc => "tDSC",
            Self::Ds => "tDS",
            Self::Feat => "tFEAT",
            Self::Ir => "tIR",
            Self::Itc => "tITC",
            Self::Qhs => "tQHS",
            Self::Rc => "tRC",
            Self::Rea => "tREA",
            Self::Reh => "tREH",
            Self::Rhoh => "tRHOH",
            Self::Rhw => "tRHW",
            Self::Rhz => "tRHZ",
            Self::Rloh => "tRLOH",
            Self::Rp => "tRP",
            Self::Rr => "tRR",
            Self::Rst => "tRST",
            Self::R => "tR",
            Self::Wb => "tWB",
            Self::Wc => "tWC",
            Self::Whr => "tWHR",
            Self::Wh => "tWH",
            Self::Wp => "tWP",
            Self::Wrck => "tWRCK",
            Self::Ww => "tWW",
        }
    }
}

/// SDR, modes 0 to 5, in picoseconds.
#[rustfmt::skip]
pub(super) const SDR: [(Parameter, [u64; 6]); 36] = [
    (Parameter::Adl, [400_000, 400_000, 400_000, 400_000, 400_000, 400_000]),
    (Parameter::Alh, [20_000, 10_000, 10_000, 5_000, 5_000, 5_000]),
    (Parameter::Als, [50_000, 25_000, 15_000, 10_000, 10_000, 10_000]),
    (Parameter::Ar, [25_000, 10_000, 10_000, 10_000, 10_000, 10_000]),
    (Parameter::Ccs, [500_000, 500_000, 500_000, 500_000, 500_000, 500_000]),
    (Parameter::Cea, [100_000, 45_000, 30_000, 25_000, 25_000, 25_000]),
    (Parameter::Ceh, [20_000, 20_000, 20_000, 20_000, 20_000, 20_000]),
    (Parameter::Chz, [100_000, 50_000, 50_000, 50_000, 30_000, 30_000]),
    (Parameter::Ch, [20_000, 10_000, 10_000, 5_000, 5_000, 5_000]),
    (Parameter::Clh, [20_000, 10_000, 10_000, 5_000, 5_000, 5_000]),
    (Parameter::Clr, [20_000, 10_000, 10_000, 10_000, 10_000, 10_000]),
    (Parameter::Cls, [50_000, 25_000, 15_000, 10_000, 10_000, 10_000]),
    (Parameter::Coh, [0, 15_000, 15_000, 15_000, 15_000, 15_000]),
    (Parameter::Cs, [70_000, 35_000, 25_000, 25_000, 20_000, 15_000]),
    (Parameter::Dh, [20_000, 10_000, 5_000, 5_000, 5_000, 5_000]),
    (Parameter::Ds, [40_000, 20_000, 15_000, 10_000, 10_000, 7_000]),
    (Parameter::Feat, [1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000]),
    (Parameter::Ir, [10_000, 0, 0, 0, 0, 0]),
    (Parameter::Itc, [1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000]),
    (Parameter::Rc, [100_000, 50_000, 35_000, 30_000, 25_000, 20_000]),
    (Parameter::Rea, [40_000, 30_000, 25_000, 20_000, 20_000, 16_000]),
    (Parameter::Reh, [30_000, 15_000, 15_000, 10_000, 10_000, 7_000]),
    (Parameter::Rhoh, [0, 15_000, 15_000, 15_000, 15_000, 15_000]),
    (Parameter::Rhw, [200_000, 100_000, 100_000, 100_000, 100_000, 100_000]),
    (Parameter::Rhz, [200_000, 100_000, 100_000, 100_000, 100_000, 100_000]),
    (Parameter::Rloh, [0, 0, 0, 0, 5_000, 5_000]),
    (Parameter::Rp, [50_000, 25_000, 17_000, 15_000, 12_000, 10_000]),
    (Parameter::Rr, [40_000, 20_000, 20_000, 20_000, 20_000, 20_000]),
    (Parameter::Rst, [250_000_000_000, 500_000_000, 500_000_000, 500_000_000, 500_000_000, 500_000_000]),
    (Parameter::R, [200_000_000, 200_000_000, 200_000_000, 200_000_000, 200_000_000, 200_000_000]),
    (Parameter::Wb, [200_000, 100_000, 100_000, 100_000, 100_000, 100_000]),
    (Parameter::Wc, [100_000, 45_000, 35_000, 30_000, 25_000, 20_000]),
    (Parameter::Whr, [120_000, 80_000, 80_000, 80_000, 80_000, 80_000]),
    (Parameter::Wh, [30_000, 15_000, 15_000, 10_000, 10_000, 7_000]),
    (Parameter::Wp, [50_000, 25_000, 17_000, 15_000, 12_000, 10_000]),
    (Parameter::Ww, [100_000, 100_000, 100_000, 100_000, 100_000, 100_000]),
];

/// NV-DDR, modes 0 to 5, in picoseconds.
#[rustfmt::skip]
pub(super) const NV_DDR: [(Parameter, [u64; 6]); 33] = [
    (Parameter::AcMaximum, [25_000, 25_000, 25_000, 25_000, 25_000, 25_000]),
    (Parameter::AcMinimum, [3_000, 3_000, 3_000, 3_000, 3_000, 3_000]),
    (Parameter::Adl, [400_000, 400_000, 400_000, 400_000, 400_000, 400_000]),
    (Parameter::Cad, [45_000, 45_000, 45_000, 45_000, 45_000, 45_000]),
    (Parameter::Cah, [10_000, 5_000, 4_000, 3_000, 2_500, 2_000]),
    (Parameter::Calh, [10_000, 5_000, 4_000, 3_000, 2_500, 2_000]),
    (Parameter::Cals, [10_000, 5_000, 4_000, 3_000, 2_500, 2_000]),
    (Parameter::Cas, [10_000, 5_000, 4_000, 3_000, 2_500, 2_000]),
    (Parameter::Ccs, [500_000, 500_000, 500_000, 500_000, 500_000, 500_000]),
    (Parameter::Ceh, [20_000, 20_000, 20_000, 20_000, 20_000, 20_000]),
    (Parameter::Ch, [10_000, 5_000, 4_000, 3_000, 2_500, 2_000]),
    (Parameter::Ck, [50_000, 30_000, 20_000, 15_000, 12_000, 10_000]),
    (Parameter::Cs, [35_000, 25_000, 15_000, 15_000, 15_000, 15_000]),
    (Parameter::Dh, [5_000, 2_500, 1_700, 1_300, 1_100, 900]),
    (Parameter::DqsckMaximum, [25_000, 25_000, 25_000, 25_000, 25_000, 25_000]),
    (Parameter::DqsckMinimum, [3_000, 3_000, 3_000, 3_000, 3_000, 3_000]),
    (Parameter::DqsdMaximum, [18_000, 18_000, 18_000, 18_000, 18_000, 18_000]),
    (Parameter::DqsdMinimum, [0, 0, 0, 0, 0, 0]),
    (Parameter::Dqshz, [20_000, 20_000, 20_000, 20_000, 20_000, 20_000]),
    (Parameter::Dqsq, [5_000, 2_500, 1_700, 1_300, 1_000, 850]),
    (Parameter::Dsc, [50_000, 30_000, 20_000, 15_000, 12_000, 10_000]),
    (Parameter::Ds, [5_000, 3_000, 2_000, 1_500, 1_100, 900]),
    (Parameter::Feat, [1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000]),
    (Parameter::Itc, [1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000]),
    (Parameter::Qhs, [6_000, 3_000, 2_000, 1_500, 1_200, 1_000]),
    (Parameter::Rhw, [100_000, 100_000, 100_000, 100_000, 100_000, 100_000]),
    (Parameter::Rr, [20_000, 20_000, 20_000, 20_000, 20_000, 20_000]),
    (Parameter::Rst, [500_000_000, 500_000_000, 500_000_000, 500_000_000, 500_000_000, 500_000_000]),
    (Parameter::R, [200_000_000, 200_000_000, 200_000_000, 200_000_000, 200_000_000, 200_000_000]),
    (Parameter::Wb, [100_000, 100_000, 100_000, 100_000, 100_000, 100_000]),
    (Parameter::Whr, [80_000, 80_000, 80_000, 80_000, 80_000, 80_000]),
    (Parameter::Wrck, [20_000, 20_000, 20_000, 20_000, 20_000, 20_000]),
    (Parameter::Ww, [100_000, 100_000, 100_000, 100_000, 100_000, 100_000]),
];
