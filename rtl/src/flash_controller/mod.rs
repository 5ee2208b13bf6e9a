//! One flash controller: its buffer of writes, between the host's pages and the lanes of flash.

pub mod write_buffer;
