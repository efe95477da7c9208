# Random networks, data and weights against their floors: no loss may be below, and every
# certificate must hold; every fifth with steps that masks leave out. Rscript tools/soundness.R
# [from] [to]; 1 to 100000 by default, about 40 minutes. Needs the installed package.
library(kestrel)
library(testthat)

helpers <- new.env(parent = asNamespace("kestrel"))
sys.source("tests/testthat/helper-floors.R", helpers)

range <- as.integer(commandArgs(TRUE))
if (length(range) < 2) range <- c(1L, 100000L)

check_seed <- function(seed) {
  excess <- if (seed %% 5 == 0) helpers$random_masked_excess else helpers$random_excess
  tryCatch(suppressWarnings(excess(seed)), error = function(e) {
    cat(sprintf("seed %d: %s\n", seed, conditionMessage(e)))
    NULL
  })
}

failed <- 0
lowest <- Inf
types <- character()
for (seed in seq(range[1], range[2])) {
  result <- check_seed(seed)
  good <- !is.null(result) && result[["worst"]] >= -1
  if (!good) failed <- failed + 1
  if (!is.null(result) && !good) cat(sprintf("seed %d: loss below its floor by %g\n", seed, -result[["best"]]))
  if (!is.null(result)) lowest <- min(lowest, result[["worst"]])
  types <- c(types, attr(result, "type"))
}
cat(sprintf("%d networks, %d failures; lowest excess %g of the tolerance\n",
  range[2] - range[1] + 1, failed, lowest))
print(table(types))
