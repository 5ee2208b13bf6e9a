//! `hardpath serve`: a card for somebody else's host.

use crate::artifact::Artifact;
use crate::failure::MarkWrongUse;
use crate::output;
use crate::sim_command::StorageKind;
use anyhow::{Context, Result, anyhow};
use hardpath_sim::models::fibre_channel::Speed;
use hardpath_sim::models::fibre_channel::fcoe::LONGEST_ETHERNET;
use hardpath_sim::scenario::Moment;
use hardpath_sim::scenario::fibre_channel::{Attach, Capture, CardOptions, RemoteHost, SpeedChoice};
use std::io::{self, BufWriter, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::time::Duration;

/// Cycles between two looks at the stream.
const BATCH: u64 = 500;
/// Batches without a frame after which nothing is under way, and the simulation waits for the stream.
const IDLE_BATCHES: u32 = 400;
/// How long it waits before it goes on.
const IDLE: Duration = Duration::from_millis(20);
/// Ethernet frames that wait for the simulation.
const QUEUE: usize = 64;

/// A card, and where its host comes from.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where to listen for a stream of Ethernet frames, each behind its length in 4 bytes, high byte first: an address and
    /// port, or a port of 127.0.0.1
    #[arg(long, value_name = "ADDRESS")]
    fcoe: String,
    /// What lies behind the card
    #[arg(long, value_enum, default_value = "memory")]
    storage: StorageKind,
    /// Pages of 4 KB of the disk
    #[arg(long, default_value_t = 1024)]
    logical_pages: u32,
    /// Write the frames on the line as pcap with simulated times, when the program ends by itself
    #[arg(long, requires = "once")]
    pcap: Option<PathBuf>,
    /// End when the first host is gone
    #[arg(long)]
    once: bool,
}

fn address(text: &str) -> Result<SocketAddr> {
    let port = text.parse::<u16>().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    port.or_else(|_| text.parse())
        .map_err(|_| anyhow!("address {text:?} (legal: ADDRESS:PORT such as 127.0.0.1:4711, or a port)"))
}

/// Serves hosts one after the other.
pub fn run(arguments: &Arguments) -> Result<()> {
    let address = address(&arguments.fcoe).wrong_use()?;
    let options = CardOptions {
        attach: Attach::PointToPoint,
        speed: SpeedChoice::Fixed(Speed::Eight),
        host_speed: None,
        scrambles: false,
        ports: 1,
        hosts: 1,
        host_ppm: 0,
        storage: arguments.storage.storage(Moment(0)),
        pages: arguments.logical_pages,
        seed: 1,
    };
    options.validate().wrong_use()?;
    let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}")).wrong_use()?;
    let pcap = arguments.pcap.as_deref().map(Artifact::create).transpose().wrong_use()?;
    let capture = pcap.as_ref().map(|pcap| Capture::new(BufWriter::new(pcap.file()?))).transpose()?;
    let mut card = RemoteHost::new(&options, capture)?;
    output::print(&format!("listening on {}\n", listener.local_addr()?))?;
    loop {
        let (stream, host) = listener.accept().context("no host can be accepted")?;
        output::print(&format!("{host} is attached\n"))?;
        let ended = serve(&mut card, stream);
        let [to, from] = card.frames();
        let reason = ended.err().map_or(String::new(), |error| format!(": {error:#}"));
        output::print(&format!("{host} is gone, {to} frames to the card and {from} from it so far{reason}\n"))?;
        if arguments.once {
            card.finish()?;
            return pcap.map_or(Ok(()), Artifact::finish);
        }
        card.reset()?;
    }
}

/// Carries frames between a stream and the card until the stream ends.
fn serve(card: &mut RemoteHost, stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let (sender, receiver) = sync_channel(QUEUE);
    let reading = stream.try_clone()?;
    let mut writing = stream;
    std::thread::scope(|scope| {
        scope.spawn(move || read_frames(reading, &sender));
        let ended = carry(card, &receiver, &mut writing);
        // The reader may wait for the stream or for room in the queue.
        drop(receiver);
        let _ = writing.shutdown(std::net::Shutdown::Both);
        ended
    })
}

fn carry(card: &mut RemoteHost, frames: &Receiver<io::Result<Vec<u8>>>, stream: &mut TcpStream) -> Result<()> {
    let mut idle = 0;
    loop {
        let next = if !card.has_room() {
            None
        } else if idle < IDLE_BATCHES {
            match frames.try_recv() {
                Ok(frame) => Some(frame),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        } else {
            match frames.recv_timeout(IDLE) {
                Ok(frame) => Some(frame),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        };
        idle += 1;
        if let Some(frame) = next {
            card.give(&frame?)?;
            idle = 0;
            continue;
        }
        for frame in card.run(BATCH)? {
            idle = 0;
            stream.write_all(&(frame.len() as u32).to_be_bytes())?;
            stream.write_all(&frame)?;
        }
    }
}

/// Reads Ethernet frames until the stream ends or is ill-formed.
fn read_frames(mut stream: TcpStream, frames: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut length = [0; 4];
        match stream.read_exact(&mut length) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return,
            Err(error) => return drop(frames.send(Err(error))),
        }
        let length = u32::from_be_bytes(length) as usize;
        // Other protocols of the host may come in longer frames.
        if !(14..=16_384).contains(&length) {
            let text =
                format!("an Ethernet frame of {length} bytes (legal: 14..=16384; FCoE: up to {LONGEST_ETHERNET})");
            return drop(frames.send(Err(io::Error::new(io::ErrorKind::InvalidData, text))));
        }
        let mut frame = vec![0; length];
        let frame = stream.read_exact(&mut frame).map(|()| frame);
        let is_over = frame.is_err();
        if frames.send(frame).is_err() || is_over {
            return;
        }
    }
}
