# Runs the R tests on the installed package and writes "passed failed" to the file named.
# Errors outside of tests count as failures; so do skipped files that should have run.
library(testthat)
library(kestrel)

output <- commandArgs(TRUE)[1]
Sys.setenv(NOT_CRAN = "true", TESTTHAT = "true")
results <- as.data.frame(test_dir(
  "tests/testthat", package = "kestrel", load_package = "installed", reporter = "summary",
  stop_on_failure = FALSE
))
failed <- sum(results$failed) + sum(results$error)
passed <- sum(results$passed)
cat(sprintf("R, %d tests: %d passed, %d failed, %d skipped\n", nrow(results), passed, failed, sum(results$skipped)))
cat(passed, failed, "\n", file = output)
