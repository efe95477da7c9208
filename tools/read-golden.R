# The table of golden cases in vignettes/internals.Rmd: what it must say, and what it says.

golden_article <- file.path("vignettes", "internals.Rmd")
golden_marks <- c("<!-- golden cases: begin -->", "<!-- golden cases: end -->")

golden_group_names <- c(
  layers = "layers", activations = "activations", losses = "losses", metrics = "metrics",
  optimizers = "optimizers", schedules = "learning-rate schedules",
  regularizers_constraints = "regularizers, constraints", initializers = "initializers",
  callbacks = "callbacks", models = "whole training runs"
)

# Ids of the cases, by group, from the fixtures that the tests read.
golden_ids <- function() {
  ids <- lapply(names(golden_group_names), function(group) {
    cases <- readRDS(sprintf("tests/testthat/fixtures/golden-%s.rds", group))
    vapply(cases, `[[`, "", "id")
  })
  stats::setNames(ids, names(golden_group_names))
}

# Reasons by id, as the tests have them.
golden_reasons <- function() {
  helpers <- new.env()
  sys.source("tests/testthat/helper-golden.R", helpers)
  helpers$golden_exceptions
}

# Lines of the table. `passed`: cases by group.
golden_table <- function(ids, passed, reasons) {
  total <- sum(lengths(ids))
  rows <- sprintf("| %s | %d | %d |", golden_group_names[names(ids)], lengths(ids), passed)
  c("| group | cases | pass |", "|---|---:|---:|", rows,
    sprintf("| **all** | **%d** | **%d** |", total, sum(passed)), "",
    sprintf("%s that cannot hold:", c("The case", "Cases")[1 + (length(reasons) > 1)]), "",
    sprintf("* `%s`: %s", names(reasons), reasons))
}

# As the article would read if all cases hold but those with a reason.
expected_golden_table <- function() {
  ids <- golden_ids()
  reasons <- golden_reasons()
  golden_table(ids, vapply(ids, function(x) sum(!x %in% names(reasons)), 0L), reasons)
}

golden_lines <- function() {
  lines <- readLines(golden_article)
  at <- match(golden_marks, lines)
  list(lines = lines, at = at, table = lines[seq_len(at[2] - at[1] - 1) + at[1]])
}

# Lines of the article's table that the fixtures and the tests contradict.
stale_golden_table <- function() {
  if (!file.exists(golden_article)) return(character())
  has <- golden_lines()$table
  want <- expected_golden_table()
  if (identical(has, want)) return(character())
  sprintf("%s: Rscript tools/golden-table.R would write %s", golden_article, setdiff(want, has))
}
