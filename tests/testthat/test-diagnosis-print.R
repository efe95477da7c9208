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

test_that("notes that keep most of the loss are told in full where nothing is wrong", {
  x <- scale(cars$speed)
  m <- seeded(function() net(1, c(8, 1), c("tanh", "linear"), epochs = 300, x = x, y = cars$dist / 50))
  text <- format(diagnose(m, x, cars$dist / 50, level = "quick"))
  expect_match(text, "No problem found", all = FALSE)
  expect_match(text, "^  Note +Equal inputs, different targets +explains [0-9]+ % of the loss", all = FALSE)
  expect_no_match(text[grepl("Notes:", text)], "Equal inputs")
})

test_that("a model that was never trained is said to be so", {
  m <- net(2, c(4, 1), c("tanh", "linear"))
  expect_match(format(diagnose(m, plane$x, plane$curved)), "^  Not trained", all = FALSE)
  expect_no_match(format(diagnosed(healthy$regression)), "Not trained")
})

test_that("a history says what it does not hold", {
  m <- net(2, c(4, 1), c("tanh", "linear"), epochs = 2, x = plane$x, y = plane$curved)
  text <- format(diagnose(m$history))
  expect_match(text, "neither model nor data", all = FALSE)
  expect_match(text, "for the others diagnose\\(model, x, y\\)", all = FALSE)
  expect_no_match(text, " +$")
})

test_that("rungs of the ladder are told apart by their digits", {
  m <- seeded(function() net(2, c(8, 1), c("tanh", "linear"), epochs = 1, x = plane$x, y = plane$curved + 100))
  set_weights(m, list(matrix(0, 2, 8), numeric(8), matrix(0, 8, 1), mean(plane$curved) + 100.01))
  text <- paste(format(diagnose(m, plane$x, plane$curved + 100, level = "quick")), collapse = " ")
  ladder <- sub(".*Loss ladder: *", "", text)
  values <- regmatches(ladder, gregexpr("[0-9.e-]+(?= (data|straight|constant|you))", ladder, perl = TRUE))[[1]]
  expect_identical(anyDuplicated(values), 0L)
})
