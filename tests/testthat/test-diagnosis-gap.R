wavy <- list(x = 1:20 / 20, y = 100 * (1:20 / 20) + sin(40 * (1:20 / 20)))

# Two linear layers whose line has this slope and intercept.
line_model <- function(slope, intercept) {
  m <- net(1, c(2, 1), c("linear", "linear"))
  set_weights(m, list(matrix(c(1, 1), 1), c(0, 0), matrix(c(slope, 0)), intercept))
  m
}

test_that("well above a floor nothing is said to be the global minimum", {
  best <- lm(y ~ x, wavy)
  m <- line_model(coef(best)[[2]] + 0.6, coef(best)[[1]] - 0.3)
  d <- diagnose(m, wavy$x, wavy$y)
  expect_gt(attr(d, "case")$loss, 1.02 * mean(residuals(best)^2))
  expect_false(any(grepl("global minimum|No learning rate", d$evidence)))
  expect_false("K1a" %in% d$id)
  flat <- net(1, 1, "linear")
  set_weights(flat, list(matrix(coef(best)[[2]] + 0.6), coef(best)[[1]] - 0.3))
  expect_false("K1a" %in% diagnose(flat, wavy$x, wavy$y)$id)
})

test_that("near it the distance is told, and at it that there is none", {
  best <- lm(y ~ x, wavy)
  least <- mean(residuals(best)^2)
  near <- diagnose(line_model(coef(best)[[2]], coef(best)[[1]] + sqrt(0.002 * least)), wavy$x, wavy$y, verify = TRUE)
  expect_match(near$evidence[near$id == "S1"], "within 0.2 % of it", fixed = TRUE)
  expect_identical(near$cause[near$id == "K1a"], "Close to the global minimum")
  at <- diagnose(line_model(coef(best)[[2]], coef(best)[[1]]), wavy$x, wavy$y, verify = TRUE)
  expect_match(at$evidence[at$id == "S1"], "This is the global minimum", fixed = TRUE)
  expect_identical(at$cause[at$id == "K1a"], "The global minimum is reached")
  expect_true(all(c(near$verified, at$verified)[c(near$confidence, at$confidence) == "PROVEN"]))
})

test_that("a cross-entropy on its way to 0 is not at its floor", {
  x <- matrix(c(0, 0, 1, 1, 0, 1, 0, 1), 4)
  y <- c(0, 1, 1, 0)
  m <- seeded(function() net(2, c(4, 1), c("tanh", "sigmoid"), "binary_crossentropy", 600, x, y, optimizer_adam(0.05)))
  d <- diagnose(m, x, y)
  expect_lt(attr(d, "case")$loss, 0.01)
  expect_false("K1a" %in% d$id)
})

test_that("a share is rounded up", {
  at <- function(loss) list(loss = loss)
  expect_identical(gap_share(at(1), 1 - 0.00251), "0.26 %")
  expect_identical(gap_share(at(2), 2 - 2e-7), "1e-05 %")
})
