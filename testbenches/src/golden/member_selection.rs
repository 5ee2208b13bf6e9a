//! Which lanes a stripe gets when it is opened, and which of them holds its parity.

/// Lanes of a controller.
pub const LANES: usize = 10;
/// Fewest lanes of a stripe: two of data, one of parity.
pub const FEWEST_MEMBERS: usize = 3;

/// A block's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockState {
    /// Nothing was programmed since its erasure.
    Erased,
    /// Some of its pages were programmed.
    Open,
    /// All of its pages were programmed.
    Full,
    /// Not to be used any more.
    Bad,
}

/// Members and parity lane of a stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    /// The lanes, ascending.
    pub lanes: Vec<usize>,
    /// The one that holds the parity.
    pub parity_lane: usize,
}

/// The members of stripe number `stripe`: all lanes whose plane is healthy and whose block is erased if the stripe is the
/// first of its blocks, else open. Parity lies on the member with the number stripe modulo width, counted from the lowest
/// lane. `None` if there would be fewer than three.
pub fn select(
    stripe: u64,
    first_of_block: bool,
    healthy: &[bool; LANES],
    blocks: &[BlockState; LANES],
) -> Option<Members> {
    let wanted = if first_of_block { BlockState::Erased } else { BlockState::Open };
    let lanes: Vec<usize> = (0..LANES).filter(|&lane| healthy[lane] && blocks[lane] == wanted).collect();
    if lanes.len() < FEWEST_MEMBERS {
        return None;
    }
    let parity_lane = lanes[(stripe % lanes.len() as u64) as usize];
    Some(Members { lanes, parity_lane })
}
