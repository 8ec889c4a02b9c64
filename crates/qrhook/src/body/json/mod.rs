//! Bounded reading and repair of untrusted JSON.

mod depth;
mod element;
mod illegal;
mod members;
mod patch;
mod repair;
mod surrogates;

pub(crate) use self::{
    depth::check_depth,
    element::element,
    members::{Name, members, read_members, text},
    repair::repair,
    surrogates::replace_lone_surrogates,
};
