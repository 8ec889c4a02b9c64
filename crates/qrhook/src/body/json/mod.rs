//! JSON that is authentic, and may still be anything.

mod depth;
mod members;
mod repair;

pub(crate) use self::{
    depth::check_depth,
    members::{Name, members, read_members},
    repair::{repair, replace_lone_surrogates},
};
