# Floors of losses that masks leave steps out of.

# 4 samples of 3 steps of 2 features; padded steps are -1.
steps <- function() {
  set.seed(31)
  x <- array(round(rnorm(24), 2), c(4, 3, 2))
  x[2, 3, ] <- x[3, 2:3, ] <- -1
  y <- array(round(rnorm(12), 2), c(4, 3, 1))
  list(x = x, y = y, kept = c(apply(x, 1:2, function(v) any(v != -1))))
}

masked_model <- function(..., loss = "mse", value = -1) {
  model <- keras_model_sequential(input_shape = c(3, 2), dtype = "float64") %>% layer_masking(value)
  for (layer in list(...)) layer(model)
  compile(model, loss = loss)
  model
}

dense <- function(...) function(model) layer_dense(model, ...)

test_that("a linear model of masked steps has the floor of least squares on the steps that count", {
  d <- steps()
  model <- masked_model(dense(4), dense(1))
  floor <- loss_floor(model, d$x, d$y)
  flat <- matrix(d$x, 12)[d$kept, ]
  v <- sum(d$kept)
  least <- sum(resid(lm(c(d$y)[d$kept] ~ flat))^2) / (v + 1e-7)
  expect_equal(as.vector(floor), least, tolerance = 1e-12)
  expect_identical(attr(floor, "type"), "affine")
  expect_true(attr(floor, "attained"))
  expect_true("Masks leave 3 of 12 steps out of this loss." %in% attr(floor, "notes"))
  expect_certified(floor, model, d$x, d$y)
  ladder <- as.data.frame(loss_ladder(model, d$x, d$y))
  expect_equal(ladder$loss[ladder$rung == "current"], data_loss(model, d$x, d$y), tolerance = 1e-12)
  expect_equal(ladder$loss[ladder$rung == "constant"],
    sum((c(d$y)[d$kept] - mean(c(d$y)[d$kept]))^2) / (v + 1e-7), tolerance = 1e-12)
  expect_equal(ladder$loss[ladder$rung == "affine"], as.vector(floor), tolerance = 1e-10)
})

test_that("the floor is reached by training, and weights count", {
  d <- steps()
  model <- masked_model(dense(1))
  compile(model, loss = "mse", optimizer = optimizer_levenberg_marquardt())
  w <- c(1, 0, 2, 0.5)
  fit(model, d$x, d$y, sample_weight = w, epochs = 20, verbose = 0)
  floor <- loss_floor(model, d$x, d$y, w)
  expect_equal(data_loss(model, d$x, d$y, sample_weight = w), as.vector(floor), tolerance = 1e-9)
  by_step <- rep(w, 3)[d$kept]
  best <- lm(c(d$y)[d$kept] ~ matrix(d$x, 12)[d$kept, ], weights = by_step)
  least <- sum(by_step * resid(best)^2) / (sum(d$kept) + 1e-7)
  expect_equal(as.vector(floor), least, tolerance = 1e-12)
})

test_that("targets of masked steps are of no matter", {
  d <- steps()
  model <- masked_model(dense(3, "relu"), dense(1, "sigmoid"), loss = "binary_crossentropy")
  y <- (d$y > 0) + 0
  before <- loss_floor(model, d$x, y)
  y[!d$kept] <- 7
  after <- suppressWarnings(loss_floor(model, d$x, y), classes = "kestrel_warning")
  expect_identical(as.vector(after), as.vector(before))
})

test_that("codes that an embedding masks are places of their own", {
  set.seed(32)
  codes <- matrix(c(1, 2, 3, 1, 2, 0, 3, 0, 0), 3, byrow = TRUE)
  y <- array(rnorm(9), c(3, 3, 1))
  model <- keras_model_sequential(dtype = "float64") %>%
    layer_embedding(4, 5, mask_zero = TRUE, input_length = 3) %>%
    layer_dense(1)
  compile(model, loss = "mse")
  floor <- loss_floor(model, codes, y)
  kept <- c(codes) > 0
  code <- c(codes)[kept]
  target <- c(y)[kept]
  least <- sum((target - ave(target, code))^2) / (6 + 1e-7)
  expect_equal(as.vector(floor), least, tolerance = 1e-12)
  expect_true(attr(floor, "attained"))
  expect_certified(floor, model, codes, y)
})

test_that("what a mask hides is not told apart, what it does not hide is", {
  d <- steps()
  d$x[4, , ] <- d$x[3, , ]
  d$x[4, 2:3, 1] <- c(5, 6)
  model <- masked_model(dense(3, "tanh"), dense(1))
  # Step 1 of samples 3 and 4 are equal rows.
  floor <- loss_floor(model, d$x, d$y)
  expect_identical(attr(floor, "type"), "duplicates")
  least <- (d$y[3, 1, 1] - d$y[4, 1, 1])^2 / 2 / (sum(d$kept) + 1e-7)
  expect_equal(as.vector(floor), least, tolerance = 1e-12)
})

test_that("the mask of float32 models is that which they see", {
  x <- array(c(0.1, 1, 2, 3), c(2, 2, 1))
  y <- array(c(5, 1, 2, 4), c(2, 2, 1))
  model <- keras_model_sequential(input_shape = c(2, 1), dtype = "float32") %>%
    layer_masking(0.1) %>%
    layer_dense(1)
  compile(model, loss = "mse")
  expect_match(attr(loss_floor(model, x, y), "notes"), "1 of 4 steps", all = FALSE)
})

test_that("masks that depend on weights leave no more than the least value", {
  d <- steps()
  model <- keras_model_sequential(input_shape = c(3, 2)) %>%
    layer_dense(2, "relu") %>%
    layer_masking(0) %>%
    layer_dense(1)
  compile(model, loss = "mse")
  floor <- loss_floor(model, d$x, d$y)
  expect_identical(attr(floor, "type"), "none")
  expect_match(attr(floor, "notes"), "Masks that are not known", all = FALSE)
  compile(model, loss = loss_cosine_similarity())
  w <- c(0, 0, 0, 3)
  expect_lte(loss_floor(model, d$x, d$y, w), -3)
})

test_that("a loss in which no step counts is 0", {
  d <- steps()
  d$x[] <- -1
  model <- masked_model(dense(1))
  expect_identical(as.vector(loss_floor(model, d$x, d$y)), 0)
  expect_named(loss_ladder(model, d$x, d$y)$rungs, c("data", "architecture"))
})

test_that("no loss of random masked networks is below its floor", {
  types <- character()
  for (seed in 1:60) {
    result <- random_masked_excess(seed)
    expect_gte(result[["worst"]], -1, label = paste("seed", seed))
    types <- c(types, attr(result, "type"))
  }
  expect_gt(length(unique(types)), 3)
})
