//! The results of `benches/store`.

use qrhook_benches::results::{self, Result, StoreRound, StoreRow};

use super::figures::{Figures, cell, grouped};

pub fn read(figures: &mut Figures) -> Result<String> {
    let mut table = String::from(
        "| | ids | claim and commit while it grows, ns | the same at that size, while ids pass their retention, ns | \
         resident bytes per id | longest 250 claims, ms |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for StoreRow { store, ids, rounds } in
        results::read::<Vec<StoreRow>>("store.json").map_err(|_| "there are no results")?
    {
        let mut add = |what: &str, value: fn(&StoreRound) -> Option<f64>| {
            let rounds: Vec<_> = rounds.iter().filter_map(value).collect();
            cell(figures.add(&format!("store/{store}/{ids}/{what}"), &rounds))
        };
        let growing = add("growing", |round| Some(round.growing_ns));
        let steady = add("steady", |round| round.steady_ns);
        // A process alone needs more memory than a few ids do.
        let bytes = if ids < 100_000 { "-".to_owned() } else { add("resident", |round| Some(round.bytes)) };
        let longest = add("longest", |round| Some(round.longest_ms));
        let ids = grouped(ids as f64);
        table += &format!("| {store} | {ids} | {growing} | {steady} | {bytes} | {longest} |\n");
    }
    Ok(table)
}
