//! The server, over raw sockets.

mod bounds;
mod close;
mod end;
mod http2;
mod load;
mod world;
