//! The Verilog of three small blocks as people read it.

use hardpath_gen::verilog;
use hardpath_netlist::elaborate;
use hardpath_rtl::raid::StripReconstructor;
use hardpath_rtl::stream::{SkidBuffer, SynchronousFifo};
use rust_hdl::prelude::Block;

/// The text of the outermost module.
fn text(mut block: impl Block) -> String {
    block.connect_all();
    let design = elaborate(&block).unwrap().design;
    verilog::emit(&design).pop().unwrap().text
}

#[test]
fn skid_buffer() {
    insta::assert_snapshot!(text(SkidBuffer::<8>::default()));
}

#[test]
fn synchronous_fifo() {
    insta::assert_snapshot!(text(SynchronousFifo::<8, 4>::new(12)));
}

#[test]
fn strip_reconstructor() {
    insta::assert_snapshot!(text(StripReconstructor::<8>::new(2).unwrap()));
}
