test_that("the catalogue has a row for each check", {
  catalogue <- diagnosis_catalogue()
  expect_identical(names(catalogue), c("id", "title", "needs", "level"))
  expect_false(anyNA(catalogue))
  expect_match(catalogue$id, "^[A-Z][0-9]+[a-z]?$")
  expect_true(all(substr(catalogue$id, 1, 1) %in% names(group_titles)))
})

test_that("only what was asked for is checked", {
  d <- diagnosed(faulty$S1, checks = c("S1", "L2"))
  expect_identical(c(d$id, attr(d, "ruled_out")), c("S1", "L2"))
})

test_that("a check that fails is left out, and told", {
  case <- new_case(net(2, 1, "linear"), plane$x, plane$curved, NULL, NULL, NULL, 5, environment())
  bad <- new_check("S1", "title", "model", function(case) stop("broken"))
  walk <- walk_checks(case, list(bad), "quick")
  expect_identical(walk$failed, c(S1 = "broken"))
})

test_that("weights that are not finite leave nothing to compute", {
  m <- net(2, 1, "linear")
  state <- layer_state(m$layers[[1]])
  state$weights$kernel[1] <- NaN
  d <- diagnose(m, plane$x, plane$curved)
  expect_match(format(d)[1], "loss not finite")
  expect_identical(attr(d, "failed"), character())
})
