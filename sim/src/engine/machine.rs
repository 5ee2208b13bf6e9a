//! The running machine: compiled code and the state it works on. The only place where compiled code is called.

use crate::engine::body::Body;
use crate::engine::compile::{Compiler, Observed, Plans};
use crate::engine::error::Result;
use crate::engine::layout::{Layout, initialise};
use hardpath_netlist::Design;

type Settle = unsafe extern "C" fn(*mut u64);
type Run = unsafe extern "C" fn(*mut u64, u64, u64);
type Observe = unsafe extern "C" fn(*mut u64, *mut u64);

/// Compiled code with its state.
pub(super) struct Machine {
    compiler: Option<Compiler>,
    pub state: Vec<u64>,
    settle: Settle,
    run: Run,
    observations: Vec<(Observe, usize)>,
}

/// Compiled code may be called through these addresses.
fn address<F: Copy>(code: *const u8) -> F {
    const { assert!(size_of::<F>() == size_of::<*const u8>()) };
    // SAFETY: F is one of the function types above, all of pointer size; `Compiler::finish` returned the address of a
    // function that was declared with just these parameters in the machine's C calling convention.
    unsafe { std::mem::transmute_copy(&code) }
}

impl Machine {
    /// Compiles all bodies and puts every register and memory into its initial state.
    pub fn new(design: &Design, plans: Plans, top: usize) -> Result<Self> {
        let mut compiler = Compiler::new()?;
        compiler.bodies(plans, top)?;
        let settle = compiler.settle(plans, top)?;
        let run = compiler.run(plans, top)?;
        let addresses = compiler.finish(&[settle, run])?;
        let words = plans.layouts[top].as_ref().map_or(0, |layout| layout.words);
        let mut machine = Self {
            compiler: Some(compiler),
            state: vec![0; words],
            settle: address(addresses[0]),
            run: address(addresses[1]),
            observations: Vec::new(),
        };
        machine.reset(design, plans.bodies, plans.layouts, top);
        Ok(machine)
    }

    /// Puts every register and memory into its initial state and every input to zero.
    pub fn reset(&mut self, design: &Design, bodies: &[Option<Body>], layouts: &[Option<Layout>], top: usize) {
        self.state.fill(0);
        initialise(design, bodies, layouts, top, &mut self.state);
    }

    /// Settles the outputs of the top.
    pub fn settle(&mut self) {
        // SAFETY: the code stays loaded until drop; it touches only words below the layout's size, which is the length of
        // the state: offsets are constants of the layout, memory addresses are cut to the address width.
        unsafe { (self.settle)(self.state.as_mut_ptr()) }
    }

    /// Ticks `count` times the clocks of the mask.
    pub fn run(&mut self, count: u64, mask: u64) {
        // SAFETY: as in `settle`.
        unsafe { (self.run)(self.state.as_mut_ptr(), count, mask) }
    }

    /// Compiles an observation that writes `words` words.
    pub fn add_observation(&mut self, plans: Plans, observed: &Observed, words: usize) -> Result<usize> {
        let Some(compiler) = &mut self.compiler else { unreachable!("the compiler lives as long as the machine") };
        let function = compiler.observation(plans, observed)?;
        let addresses = compiler.finish(&[function])?;
        self.observations.push((address(addresses[0]), words));
        Ok(self.observations.len() - 1)
    }

    /// Evaluates an observation; the buffer must have at least as many words as it writes.
    pub fn observe(&mut self, observation: usize, buffer: &mut [u64]) {
        let (function, words) = self.observations[observation];
        assert!(buffer.len() >= words, "the caller has checked the buffer's length");
        // SAFETY: as in `settle`; the buffer is long enough, see the line above.
        unsafe { function(self.state.as_mut_ptr(), buffer.as_mut_ptr()) }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if let Some(compiler) = self.compiler.take() {
            // SAFETY: the addresses are private to the machine, which is being dropped, and calls do not outlive `&mut self`.
            unsafe { compiler.free() }
        }
    }
}
