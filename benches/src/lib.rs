//! The parts that the benches share: the bodies, the limit, the subjects whose costs are counted, and the results.

pub mod bodies;
pub mod limit;
pub mod results;
pub mod subjects;
