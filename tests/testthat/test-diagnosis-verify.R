test_that("a certificate fails where its claim is false", {
  d <- diagnosed(faulty$L1)
  i <- match("L1", d$id)
  expect_true(as.logical(verify_finding(d, i)))
  findings <- attr(d, "findings")
  # A floor above what can be reached, and a range that is not the output's.
  findings[[i]]$certificate$values$high <- 0.1
  attr(d, "findings") <- findings
  expect_false(as.logical(verify_finding(d, i)))
})

test_that("a linear floor does not hold for a network that bends", {
  d <- diagnosed(faulty$S1)
  bent <- seeded(healthy$regression)
  attr(d, "case") <- new_case(bent$object, bent$x, bent$y, NULL, NULL, NULL, 5, environment())
  expect_false(as.logical(verify_finding(d, "S1")))
})

test_that("a floor that is wrong is refuted", {
  d <- diagnosed(faulty$S1)
  findings <- attr(d, "findings")
  findings[[1]]$certificate$values$proof$value <- findings[[1]]$certificate$values$proof$value * 1.001
  attr(d, "findings") <- findings
  expect_false(as.logical(verify_finding(d, "S1")))
})

test_that("the claim comes along; findings without one are NA", {
  d <- diagnosed(faulty$S3)
  expect_identical(verify_finding(d, "S3"), NA)
  d <- diagnosed(faulty$S1)
  expect_type(attr(verify_finding(d, 1), "claim"), "language")
})

test_that("a finding must be named", {
  d <- diagnosed(faulty$S1)
  expect_error(verify_finding(d), "`i`", class = "kestrel_error_argument")
  expect_error(try_fix(d), "`i`", class = "kestrel_error_argument")
})

test_that("slopes of single outputs are those of the loss", {
  m <- seeded(function() net(2, c(4, 2), c("tanh", "sigmoid"), "mse"))
  y <- cbind(plane$curved, plane$class)
  case <- new_case(m, plane$x, y, NULL, NULL, NULL, 5, environment())
  # Of a row: the mean of (p - y)^2 over two outputs.
  expect_equal(claim_slope(case), unname(case$prediction - y), tolerance = 1e-5)
})

test_that("weights whose outputs are infinite have an infinite loss", {
  case <- attr(diagnosed(faulty$S1), "case")
  expect_identical(loss_with(case, case$weights), case$loss)
  expect_identical(loss_with(case, 1e308 * (1 + abs(case$weights))), Inf)
})
