# Random cases: see helper-floors.R; tools/soundness.R runs many more.
test_that("no loss is below its floor, and certificates hold", {
  for (seed in 1:150) {
    excess <- random_excess(seed)
    expect_gte(excess[["worst"]], -1)
  }
})

# Cases in which floors or their certificates were wrong before.
test_that("what went wrong once stays right", {
  for (seed in c(4219, 17978, 37627, 53700, 57307, 59113, 66907, 82176)) {
    excess <- random_excess(seed)
    expect_gte(excess[["worst"]], -1)
  }
})
