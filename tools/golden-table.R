# Runs the tests against real Keras and writes how many cases of each group pass into the article
# on the internals: Rscript tools/golden-table.R

library(testthat)
library(kestrel)
source("tools/read-golden.R")

results <- as.data.frame(test_dir("tests/testthat", filter = "^golden-", package = "kestrel",
  load_package = "installed", reporter = "silent", stop_on_failure = FALSE))
holds <- results$passed > 0 & results$failed == 0 & !results$error & !results$skipped
passed_names <- results$test[holds]

ids <- golden_ids()
passed <- vapply(names(ids), function(group) {
  sum(paste("golden", group, ids[[group]]) %in% passed_names)
}, 0L)

article <- golden_lines()
table <- golden_table(ids, passed, golden_reasons())
above <- article$lines[seq_len(article$at[1])]
below <- article$lines[article$at[2]:length(article$lines)]
writeLines(c(above, table, below), golden_article)
writeLines(table)
