//! Every circuit gives the same outputs in every cycle, however it is simulated.

mod random_kernels;
