//! Bytes of ordered sets, as they are written: K28.5 first; facts/ordered-sets.csv.

use rust_hdl::prelude::Bits;

pub(crate) const IDLE: u32 = 0xBC95_B5B5;
pub(super) const ARB_FF: u32 = 0xBC94_FFFF;
pub(super) const ARB_F0: u32 = 0xBC94_F0F0;
/// LIP without an address, and the same after a loop failure.
pub(super) const LIP_F7_F7: u32 = 0xBC15_F7F7;
pub(super) const LIP_F8_F7: u32 = 0xBC15_F8F7;
pub(super) const R_RDY: u32 = 0xBC95_4A4A;
pub(super) const BB_SC_S: u32 = 0xBC95_9696;
pub(super) const BB_SC_R: u32 = 0xBC95_D6D6;
/// In no source that was read.
pub(super) const CLS: u32 = 0xBC85_B5B5;
pub(super) const NOS: u32 = 0xBC55_BF45;
pub(super) const OLS: u32 = 0xBC35_8A55;
pub(super) const LR: u32 = 0xBC49_BF49;
pub(super) const LRR: u32 = 0xBC35_BF49;
pub(super) const SOF_I3: u32 = 0xBCB5_5656;
pub(super) const SOF_N3: u32 = 0xBCB5_3636;
/// Starts of frames of class 2.
pub(super) const SOF_2: [u32; 2] = [0xBCB5_5555, 0xBCB5_3535];
/// Starts of frames of classes 1, 4 and F.
pub(super) const SOF_OTHER: [u32; 7] =
    [0xBCB5_1717, 0xBCB5_5757, 0xBCB5_3737, 0xBCB5_1919, 0xBCB5_5959, 0xBCB5_3939, 0xBCB5_5858];
/// Ends of frames at negative running disparity; at positive they have [`POSITIVE`] set.
pub(super) const EOF_N: u32 = 0xBC95_D5D5;
pub(super) const EOF_T: u32 = 0xBC95_7575;
pub(super) const EOF_A: u32 = 0xBC95_F5F5;
/// EOFni, EOFdti and EOFrti: what something on the way found wrong.
pub(super) const EOF_INVALID: [u32; 3] = [0xBC8A_D5D5, 0xBC8A_9595, 0xBC8A_9999];
/// EOFdt and EOFrt.
pub(super) const EOF_OTHER: [u32; 2] = [0xBC95_9595, 0xBC95_9999];
/// What makes D21.5 of D21.4 and D10.5 of D10.4.
pub(super) const POSITIVE: u32 = 0x0020_0000;

/// Second bytes of ordered sets with addresses.
pub(crate) const ARB: u8 = 0x94;
pub(super) const OPN: u8 = 0x91;
pub(crate) const LIP: u8 = 0x15;
pub(crate) const LPE: u8 = 0x05;
/// In no source that was read.
pub(crate) const LPB: u8 = 0x09;
/// Second bytes of NOS, of OLS and LRR, and of LR.
pub(crate) const PRIMITIVE_SEQUENCES: [u8; 3] = [second_byte(NOS), second_byte(OLS), second_byte(LR)];

/// The second byte of an ordered set.
pub(crate) const fn second_byte(set: u32) -> u8 {
    set.to_be_bytes()[1]
}

/// The ordered set as a word of the line: its first byte in bits 7..=0.
pub(super) fn word(set: u32) -> Bits<32> {
    u64::from(set.swap_bytes()).into()
}
