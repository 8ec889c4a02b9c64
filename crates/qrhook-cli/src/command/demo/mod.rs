//! `qrhook demo`.
use crate::failure::Failure;
/// Demo
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Stay
    #[arg(long)]
    stay: bool,
}
pub(crate) fn run(_args: &Args) -> Result<(), Failure> { Ok(()) }
