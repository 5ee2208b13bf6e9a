//! Runs that end soon.

use hardpath_sim::firmware::Rebuild;
use hardpath_sim::models::nand::FlashKind;
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::controller::{ControllerOptions, ControllerRun, ControllerShape, Summary, Upkeep};
use hardpath_sim::workload::{HostCommand, Operation, PatternKind, WorkloadChoice};

/// Two dies a chip, four blocks of eight pages a plane, on real SLC times.
pub fn options(kind: PatternKind) -> ControllerOptions {
    ControllerOptions {
        shape: ControllerShape { flash: FlashKind::Slc, dies: 2, blocks_per_plane: 4, pages_per_block: 8 },
        workload: WorkloadChoice::Pattern(kind),
        commands: 500,
        queue_depth: 32,
        logical_pages: Some(256),
        seed: 1,
        inject: vec![],
        power_cut: None,
        rebuild: Rebuild::Tables,
        upkeep: Upkeep::default(),
        haste: 1,
        read_marks: false,
        read_stress: 1,
    }
}

/// The figures of a run in which every page was right.
pub fn run(options: &ControllerOptions) -> Summary {
    let summary = ControllerRun::new(options, &Trace::none(), &mut |_| {}).unwrap().run().unwrap();
    assert_eq!(summary.wrong, [], "{:?}", summary.log);
    summary
}

/// Commands of one kind for pages.
pub fn commands(operation: Operation, pages: impl Iterator<Item = u32>) -> impl Iterator<Item = HostCommand> {
    pages.map(move |page| HostCommand { at: None, operation, page })
}

/// A controller that is up, whose first `pages` pages lie on flash.
pub fn filled<'a>(
    options: &'a ControllerOptions,
    pages: u32,
    progress: &'a mut dyn FnMut(hardpath_sim::scenario::Progress),
) -> ControllerRun<'a> {
    let mut run = ControllerRun::new(options, &Trace::none(), progress).unwrap();
    while run.firmware().booted.is_none() {
        run.step("booting", 0).unwrap();
    }
    run.run_commands("filling", commands(Operation::Write, 0..pages), 32, u64::from(pages)).unwrap();
    run.run_commands("flushing", commands(Operation::Flush, 0..1), 1, 1).unwrap();
    // The dies end their programs.
    for _ in 0..60_000 {
        run.step("waiting", 0).unwrap();
    }
    run.host().verifier.take_statistics();
    run
}
