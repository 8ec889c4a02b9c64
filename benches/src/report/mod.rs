//! The parts of `report`.

mod figures;
mod load;
mod machine;
mod pieces;
mod store;
mod targets;

use std::fs;

use qrhook_benches::results::{Count, Result, package, read};

use self::figures::Figures;

/// The page, from the available results. Missing results are marked as not measured.
pub fn page() -> Result<String> {
    let mut figures = Figures::default();
    let sections = [
        section("The pieces", pieces::read(&mut figures)),
        section("Whole requests and shared stores", load::read(&mut figures)),
        section("The memory store", store::read(&mut figures)),
        section("Counts", counts(&mut figures)),
    ];
    figures.add_exact("tree", f64::from(machine::crates_of_the_core()?));
    let notes = fs::read_to_string(package().join("notes.md"))?;
    Ok(format!(
        "# Performance\n\n`scripts/bench` writes this page; run it to measure everything on your machine. Most figures \
         are ratios within one run, in which qrhook and the other side take turns. Each is the median of the rounds, with \
         the lowest and the highest in parentheses. Absolute times are for orientation only.\n\n{}\n## Targets\n\n\
         {}\n{}{notes}",
        machine::describe()?,
        targets::table(&figures),
        sections.concat()
    ))
}

fn section(title: &str, table: Result<String>) -> String {
    let table = table.unwrap_or_else(|error| format!("Not measured: {error}.\n"));
    format!("## {title}\n\n{table}\n")
}

fn counts(figures: &mut Figures) -> Result<String> {
    let mut table = String::from("| | counted | bound in `benches/counts.toml` |\n| --- | --- | --- |\n");
    for Count { name, unit, counted, bound } in read::<Vec<Count>>("counts.json")? {
        figures.add_exact(&format!("counts/{unit}/{name}"), counted);
        table += &format!("| {unit}: {name} | {} | {} |\n", figures::grouped(counted), figures::grouped(bound));
    }
    Ok(table)
}
