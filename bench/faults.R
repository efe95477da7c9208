# How often diagnose() names the right cause: Rscript bench/faults.R [draws] [controls] [ids]
#
# Draws faults with a known cause and healthy controls, diagnoses each, and applies the first
# remedy once. Writes bench/results/faults.csv (a row for each entry of the catalogue),
# faults-summary.csv and faults-cost.csv there, which the article "How good is diagnose()?" shows.
# With ids (R1,S1,...) only these are drawn, and nothing is written.

library(kestrel)
here <- file.path("bench", "faults")
for (file in c("recipes", "catalogue", "catalogue-loss", "catalogue-training", "measure", "cost")) {
  source(file.path(here, paste0(file, ".R")))
}

args <- commandArgs(TRUE)
draws <- as.integer(if (length(args) > 0) args[1] else 20)
n_controls <- as.integer(if (length(args) > 1) args[2] else 300)
only <- if (length(args) > 2) strsplit(args[3], ",")[[1]] else names(entries)

stopifnot(setequal(names(entries), diagnosis_catalogue()$id))
jobs <- expand.grid(draw = seq_len(draws), id = only, stringsAsFactors = FALSE)
cases <- spread(seq_len(nrow(jobs)), function(i) judge_fault(jobs$id[i], jobs$draw[i]))
cases <- do.call(rbind, cases)
healthy <- do.call(rbind, spread(seq_len(n_controls), judge_control))

table <- summarise_entries(cases)
print(table, row.names = FALSE)
summary <- summarise_all(cases, healthy)
print(summary, row.names = FALSE)
saveRDS(list(cases = cases, healthy = healthy), Sys.getenv("FAULTS_DETAILS", tempfile()))
if (length(args) <= 2) {
  write.csv(measure_cost(), "bench/results/faults-cost.csv", row.names = FALSE)
  write.csv(table, "bench/results/faults.csv", row.names = FALSE)
  write.csv(summary, "bench/results/faults-summary.csv", row.names = FALSE)
}
