//! The Fibre Channel port in the engine: its blocks against golden models, and two of them at the ends of a line.

mod arbitrated_loop;
mod asynchronous_fifo;
mod card;
mod command_decoder;
mod credit_counter;
mod fabric;
mod faults;
mod frame_buffer;
mod frame_receiver;
mod frame_transmitter;
mod golden_conversation;
mod link;
mod mailbox_crossing;
mod ordered_set_decoder;
mod port;
mod port_state_machine;
mod processor_commands;
mod speed_negotiation;
mod target;
