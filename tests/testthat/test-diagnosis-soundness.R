# Random cases: see helper-findings.R; tools/soundness.R runs many more.
test_that("what is proven can be verified, and training does not contradict it", {
  found <- character()
  for (seed in 1:15) {
    bad <- suppressWarnings(false_findings(seed))
    expect_identical(as.character(bad), character(), label = paste("seed", seed))
    found <- c(found, attr(bad, "found"))
  }
  expect_gt(length(unique(found)), 8)
})

# Cases in which a finding was wrong before.
test_that("findings that went wrong once stay right", {
  for (seed in c(50, 128, 161, 490, 635, 2021, 2214, 4589, 4750, 2590, 2846, 5510, 5551, 7767, 9272, 6869, 7079, 7751,
    9246, 10062, 17754, 20211, 20239, 72334)) {
    expect_identical(as.character(suppressWarnings(false_findings(seed))), character(), label = paste("seed", seed))
  }
})

test_that("what is proven of graphs, codes, steps, any loss, activation and optimizer holds as well", {
  found <- character()
  for (seed in c(1:15, 36, 52, 103, 220, 346, 407, 1071, 1128, 1196, 1218, 1469, 1525, 1699, 1825, 21368, 301963)) {
    bad <- suppressWarnings(false_findings(seed, random_wide_case))
    expect_identical(as.character(bad), character(), label = paste("seed", seed))
    found <- c(found, attr(bad, "found"))
  }
  expect_gt(length(unique(found)), 12)
})

test_that("a false claim is noticed", {
  # As if noise and penalties did not count.
  local_function("other_moves", function(case, d, units) NULL)
  off <- function(seed) {
    m <- net(1, c(2, 1), c("relu", "linear"), layer = list(kernel_regularizer = regularizer_l2(0.1)), optimizer = "sgd")
    set_weights(m, list(matrix(c(-2, -3), 1), c(0.5, 0.5), matrix(c(1, 1)), 0))
    list(model = m, x = array(1:5 + 0, c(5, 1)), y = array(5:1 + 0, c(5, 1)), w = NULL)
  }
  expect_match(as.character(false_findings(1, off)), "U1 is contradicted", all = FALSE)
})
