# Random cases: see helper-floors.R; tools/soundness.R runs many more.
test_that("no loss is below its floor, and certificates hold", {
  for (seed in 1:150) {
    excess <- random_excess(seed)
    expect_gte(excess[["worst"]], -1)
  }
})
