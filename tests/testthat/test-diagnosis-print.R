test_that("at most three faults are printed in full", {
  d <- diagnosed(faulty$S1)
  one <- attr(d, "findings")[[1]]
  many <- new_diagnosis(attr(d, "case"), list(findings = rep(list(one), 5)), "quick", 0, TRUE)
  text <- format(many)
  expect_identical(sum(grepl("^  PROVEN", text)), 3L)
  expect_match(text, "Also: Linear collapse, Linear collapse.", all = FALSE, fixed = TRUE)
})

test_that("reasons can be left out", {
  d <- diagnosed(faulty$S1, explain = FALSE)
  expect_no_match(format(d), "Try:")
})

test_that("rungs at one height share a place", {
  expect_identical(merged_rungs(c(c = 2, a = 0, b = 1, you = 1 - 1e-9)), c(a = 0, `b = you` = 1 - 1e-9, c = 2))
})

test_that("lines are not longer than the width", {
  for (id in c("S1", "D1", "L4", "R2")) {
    d <- diagnosed(faulty[[id]])
    expect_lte(max(nchar(format(d, width = 80))), 80)
  }
})

test_that("the ladder is that of loss_ladder()", {
  for (level in c("quick", "standard")) {
    d <- diagnosed(faulty$S1, level = level)
    case <- attr(d, "case")
    whole <- vapply(loss_ladder(case$model, case$x, case$y)$rungs, `[[`, 0, "value")
    mine <- vapply(case$ladder$rungs, `[[`, 0, "value")
    expect_identical(mine, whole[names(mine)])
    expect_identical("architecture" %in% names(mine), level == "standard")
  }
  expect_match(paste(format(d), collapse = " "), "0 data floor +< +[0-9.]+ floor = straight line")
})
