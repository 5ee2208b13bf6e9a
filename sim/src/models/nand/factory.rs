//! Bad blocks that a chip leaves the factory with.

use super::config::ChipConfig;
use super::geometry::BlockAddress;
use super::random::hash;
use std::collections::HashSet;

/// Separates these draws from others.
const PURPOSE: u64 = 5;

/// The bad blocks: of each LUN the configured part of its blocks, rounded down, drawn by the seed. The first block of a
/// chip is always good.
pub(super) fn factory_bad_blocks(config: &ChipConfig) -> HashSet<BlockAddress> {
    let blocks = config.geometry.blocks_per_lun();
    let bad = (f64::from(blocks) * config.flash.factory_bad) as usize;
    (0..config.geometry.luns).flat_map(|lun| bad_blocks_of(config.seed, lun, blocks, bad)).collect()
}

fn bad_blocks_of(seed: u64, lun: u32, blocks: u32, bad: usize) -> Vec<BlockAddress> {
    let first = u32::from(lun == 0);
    let mut ranked: Vec<BlockAddress> = (first..blocks).map(|block| BlockAddress { lun, block }).collect();
    ranked.sort_by_key(|address| hash(seed, &[PURPOSE, u64::from(lun), u64::from(address.block)]));
    ranked.truncate(bad);
    ranked
}
