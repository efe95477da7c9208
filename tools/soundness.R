# Random networks, data and weights, held against their floors and findings.
#
#   Rscript tools/soundness.R [from] [to]           no loss is below its floor, and every certificate
#                                                   holds; every fifth with steps that masks leave out
#   Rscript tools/soundness.R [from] [to] findings  every PROVEN finding is verified, and not
#                                                   contradicted by more training: see
#                                                   tests/testthat/helper-findings.R
#   Rscript tools/soundness.R [from] [to] wide      both, of a wider draw of networks and data: see
#                                                   tests/testthat/helper-findings-wide.R
#
# 1 to 100000 by default, which takes hours. Needs the installed package.
library(kestrel)
library(testthat)

helpers <- new.env(parent = asNamespace("kestrel"))
for (name in c("floors", "findings", "findings-wide")) sys.source(sprintf("tests/testthat/helper-%s.R", name), helpers)

args <- commandArgs(TRUE)
range <- as.integer(args[seq_len(min(2, length(args)))])
if (length(range) < 2) range <- c(1L, 100000L)

# Whether all is well; `count` gets the type of the floor, or the ids of findings.
check_floor_of <- function(seed, excess = if (seed %% 5 == 0) helpers$random_masked_excess else helpers$random_excess) {
  result <- excess(seed)
  if (result[["worst"]] < -1) cat(sprintf("seed %d: loss below its floor by %g\n", seed, -result[["best"]]))
  list(good = result[["worst"]] >= -1, count = attr(result, "type"))
}

check_findings_of <- function(seed, draw = helpers$random_finding_case) {
  bad <- helpers$false_findings(seed, draw)
  if (length(bad)) cat(sprintf("seed %d: %s\n", seed, paste(bad, collapse = "; ")))
  list(good = !length(bad), count = attr(bad, "found"))
}

check_wide_of <- function(seed) {
  findings <- check_findings_of(seed, helpers$random_wide_case)
  floor <- check_floor_of(seed, function(seed) helpers$random_excess(seed, helpers$random_wide_case))
  list(good = findings$good && floor$good, count = c(findings$count, floor$count))
}

check <- if ("wide" %in% args) check_wide_of else if ("findings" %in% args) check_findings_of else check_floor_of
begun <- proc.time()[["user.self"]]
results <- lapply(seq(range[1], range[2]), function(seed) {
  tryCatch(suppressWarnings(check(seed)), error = function(e) {
    cat(sprintf("seed %d: %s\n", seed, conditionMessage(e)))
    list(good = FALSE, count = character())
  })
})
took <- (proc.time()[["user.self"]] - begun) / length(results) * 1000
cat(sprintf("%d networks, %d failures, %.0f seconds a thousand\n", length(results),
  sum(!vapply(results, `[[`, NA, "good")), took))
print(table(unlist(lapply(results, `[[`, "count"))))
