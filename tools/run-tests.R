# Runs the R tests on the installed package and writes "passed failed" to the file named.
# Errors outside of tests count as failures, and so does every file under tests/ that the run
# adds, changes or removes: a snapshot that is missing or differs, or what a test leaves.
library(testthat)
library(kestrel)

output <- commandArgs(TRUE)[1]
files_of_tests <- function() {
  tools::md5sum(list.files("tests", recursive = TRUE, full.names = TRUE, all.files = TRUE))
}
touched <- function(before, after) {
  changed <- intersect(names(before), names(after))
  c(setdiff(names(after), names(before)), setdiff(names(before), names(after)),
    changed[before[changed] != after[changed]])
}

# A missing snapshot is only written by testthat before 3.2, whatever CI is; hence the files.
Sys.setenv(NOT_CRAN = "true", TESTTHAT = "true", CI = "true")
before <- files_of_tests()
results <- as.data.frame(test_dir(
  "tests/testthat", package = "kestrel", load_package = "installed", reporter = "summary",
  stop_on_failure = FALSE
))
left <- touched(before, files_of_tests())
if (length(left)) cat("The tests changed:", left, sep = "\n  ")
failed <- sum(results$failed) + sum(results$error) + length(left)
passed <- sum(results$passed)
cat(sprintf("R, %d tests: %d passed, %d failed, %d skipped; %.0f s of computing\n", nrow(results),
  passed, failed, sum(results$skipped), sum(results$user)))
cat(passed, failed, "\n", file = output)
