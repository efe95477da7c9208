test_that("norms by layer are those of central differences", {
  set.seed(7)
  x <- matrix(rnorm(24), 8)
  y <- rnorm(8)
  model <- keras_model_sequential() %>%
    layer_dense(4, "tanh", input_shape = 3, name = "a") %>% layer_dropout(0.5) %>%
    layer_dense(1, name = "b")
  rows <- gradient_rows(picture_case(model, x, y))
  w <- unlist(get_weights(model))
  loss <- function(w) {
    h <- tanh(x %*% matrix(w[1:12], 3) + rep(w[13:16], each = 8))
    mean((h %*% w[17:20] + w[21] - y)^2)
  }
  g <- vapply(seq_along(w), function(i) {
    e <- 1e-5 * (seq_along(w) == i)
    (loss(w + e) - loss(w - e)) / 2e-5
  }, 0)
  parts <- list(1:16, 17:21)
  norm <- function(v) sqrt(sum(v^2))
  expect_equal(rows$norm, vapply(parts, function(at) norm(g[at]), 0), tolerance = 1e-6)
  expect_equal(rows$elasticity,
    vapply(parts, function(at) norm(g[at]) * norm(w[at]) / loss(w), 0), tolerance = 1e-6)
  expect_identical(rows$layer, c("a", "b"))
  expect_identical(rows$weights, c(16L, 5L))
})

test_that("frozen layers are left out, and a frozen model is refused", {
  x <- matrix(1:6 / 6, 3)
  model <- keras_model_sequential() %>% layer_dense(2, input_shape = 2) %>%
    layer_dense(1, name = "free")
  freeze_weights(model, to = 1)
  expect_identical(gradient_rows(picture_case(model, x, 1:3))$layer, "free")
  freeze_weights(model)
  expect_refused(gradient_rows(picture_case(model, x, 1:3)), "state", "x")
})

test_that("what has no logarithm stands left of the rest", {
  rows <- data.frame(layer = c("a", "b", "c"))
  places <- gradient_places(rows, c(0, 0.02, NaN), "norm")
  expect_identical(places$drawn, c(FALSE, TRUE, FALSE))
  expect_equal(places$place, c(0.002, 0.02, 0.002))
  expect_identical(places$text, c("0", "0.02", "NaN"))
  expect_identical(levels(places$layer), c("c", "b", "a"))
  expect_identical(gradient_places(rows, c(0, 0, 0), "norm")$place, c(1, 1, 1))
})

test_that("at least a decade is shown, and at most five labels", {
  expect_equal(whole_decades(c(3, 4)), c(1, 10))
  expect_equal(whole_decades(c(1, 10)), c(0.1, 100))
  expect_equal(decades(c(0.1, 100)), 10^(-1:2))
  expect_lte(length(decades(c(1e-20, 1))), 5)
})
