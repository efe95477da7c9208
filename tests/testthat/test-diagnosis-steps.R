# Diagnoses of losses that masks leave steps out of.

# 40 samples of 5 steps of 2 features, of which up to 3 are padded with 0.
sequences <- local({
  at <- seq_len(400)
  x <- array(sin(at * 1.7) + cos(at^2), c(40, 5, 2))
  for (i in seq_len(40)) if (i %% 4) x[i, 5:(6 - i %% 4), ] <- 0
  list(x = x, y = array(x[, , 1]^2, c(40, 5, 1)), kept = c(x[, , 1] != 0))
})

stepwise <- function(..., epochs = 30, loss = "mse") {
  set.seed(41)
  m <- keras_model_sequential(input_shape = c(5, 2)) %>% layer_masking()
  for (layer in list(...)) layer(m)
  compile(m, loss = loss, optimizer = optimizer_adam(0.05))
  fit(m, sequences$x, sequences$y, epochs = epochs, verbose = 0)
  m
}

units <- function(n, ...) function(m) layer_dense(m, n, ...)

whole_loss <- function(m, x, y, ...) evaluate(m, x, y, batch_size = 1e4, verbose = 0, ...)[["loss"]]

test_that("steps that count are rows of the same network", {
  m <- stepwise(units(6), units(1))
  d <- diagnose(m, sequences$x, sequences$y, verify = TRUE)
  expect_length(attr(d, "failed"), 0)
  case <- attr(d, "case")
  kept <- sequences$kept
  expect_identical(case$rows, sum(kept))
  expect_equal(case$loss, whole_loss(m, sequences$x, sequences$y), tolerance = 1e-6)
  expect_identical(d$id[1], "S1")
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
  x <- matrix(sequences$x, 200)[kept, ]
  expect_equal(case$best$value, mean(resid(lm(c(sequences$y)[kept] ~ x))^2), tolerance = 1e-5)
  expect_match(format(d)[1], sprintf("2-6-1 network, %d of 200 steps", sum(kept)))
  trial <- try_fix(d, "S1", seconds = 60)
  expect_gt(trial$closed, 0.9)
  expect_identical(dim(trial$x), c(sum(kept), 2L))
  expect_s3_class(plot(d, which = "fit"), "ggplot")
})

test_that("targets of masked steps are not looked at", {
  m <- stepwise(units(4, "tanh"), units(1))
  y <- sequences$y
  y[!sequences$kept] <- 1e6
  spoilt <- diagnose(m, sequences$x, y)
  expect_identical(spoilt$id, diagnose(m, sequences$x, sequences$y)$id)
  expect_equal(attr(spoilt, "case")$loss, whole_loss(m, sequences$x, y), tolerance = 1e-6)
})

test_that("faults are found in steps: dead units, equal steps with different targets, NaN", {
  m <- stepwise(units(4, "relu"), units(1))
  w <- get_weights(m)
  w[[2]][] <- -100
  set_weights(m, w)
  expect_true("U1" %in% diagnose(m, sequences$x, sequences$y)$id)
  codes <- matrix(rep(c(1:3, 0), 10), 10, byrow = TRUE)
  y <- array(as.numeric(1:40 %% 7), c(10, 4, 1))
  e <- keras_model_sequential() %>%
    layer_embedding(4, 3, mask_zero = TRUE, input_length = 4) %>%
    layer_dense(1)
  compile(e, loss = "mse", optimizer = optimizer_adam(0.1))
  fit(e, codes, y, epochs = 400, verbose = 0)
  d <- diagnose(e, codes, y, verify = TRUE)
  expect_true(d$verified[d$id == "D1"])
  kept <- c(codes) > 0
  cells <- mean((y[kept] - ave(y[kept], codes[kept]))^2)
  expect_equal(attr(d, "case")$data_floor, cells, tolerance = 1e-8)
  sick <- sequences$x
  sick[1, 1, 1] <- NA
  refused <- diagnose(m, sick, sequences$y)
  expect_s3_class(attr(refused, "case")$refusal, "kestrel_error_data")
  expect_true(has_problem(refused))
})

test_that("targets that are warned of are no failure", {
  m <- keras_model_sequential(input_shape = c(5, 2)) %>% layer_masking() %>% layer_dense(1, "exponential")
  compile(m, loss = "poisson")
  expect_true("L6" %in% suppressWarnings(diagnose(m, sequences$x, -abs(sequences$y)))$id)
})

test_that("weights that are not finite are told of steps, too", {
  m <- stepwise(units(2), units(1), epochs = 1)
  state <- layer_state(m$layers[[2]])
  state$weights$kernel[1] <- NaN
  d <- diagnose(m, sequences$x, sequences$y, verify = TRUE)
  expect_true("O0" %in% d$id)
  expect_true(all(d$verified[d$confidence == "PROVEN"]))
})

test_that("weights of samples are those of their steps", {
  m <- stepwise(units(4, "tanh"), units(1))
  w <- seq(0.1, 4, by = 0.1)
  d <- diagnose(m, sequences$x, sequences$y, sample_weight = w, level = "quick")
  weighed <- whole_loss(m, sequences$x, sequences$y, sample_weight = w)
  expect_equal(attr(d, "case")$loss, weighed, tolerance = 1e-6)
})

test_that("graphs, sums and layers at each step go by steps", {
  input <- layer_input(c(5, 2))
  masked <- input %>% layer_masking(0)
  sum <- layer_add(list(masked %>% layer_dense(3, "tanh"),
    masked %>% time_distributed(layer_dense(units = 3))))
  m <- keras_model(input, sum %>% layer_layer_normalization() %>% layer_dense(1))
  compile(m, loss = "mse", optimizer = "adam")
  case <- attr(diagnose(m, sequences$x, sequences$y), "case")
  expect_identical(case$steps, c(counted = sum(sequences$kept), all = 200L))
  expect_equal(case$loss, whole_loss(m, sequences$x, sequences$y), tolerance = 1e-6)
})

test_that("where steps meet, or masks depend on weights, data are left out", {
  meets <- stepwise(function(m) layer_group_normalization(m, groups = 1), units(1), epochs = 2)
  late <- keras_model_sequential(input_shape = c(5, 2)) %>%
    layer_dense(2, "relu") %>%
    layer_masking() %>%
    layer_dense(1)
  compile(late, loss = "mse", optimizer = "adam")
  for (m in list(meets, late)) {
    d <- diagnose(m, sequences$x, sequences$y)
    expect_match(utils::tail(format(d), 1), "checks need steps that go by themselves")
    expect_length(attr(d, "failed"), 0)
    expect_false(has_data(attr(d, "case")))
  }
})

test_that("a callback looks at steps, too", {
  m <- stepwise(units(6), units(1), epochs = 1)
  look <- callback_diagnose(every = 50)
  expect_message(
    fit(m, sequences$x, sequences$y, epochs = 100, verbose = 0, callbacks = look),
    "PROVEN Linear collapse"
  )
})

test_that("random masked networks have the same loss by steps", {
  seen <- 0
  for (seed in 1:40) {
    case <- suppressWarnings(random_masked_case(seed))
    value <- suppressWarnings(random_loss_value(case, 0))
    d <- suppressWarnings(new_case(case$model, case$x, case$y, case$w, NULL, NULL, 5, NULL))
    whole <- is_whole_loss(d$compiled$losses[[1]]) || grepl("hinge", d$criterion$record)
    if (is.null(d$steps) || whole || !isTRUE(is.finite(value))) next
    seen <- seen + 1
    tolerance <- if (case$model$dtype == "float32") 1e-4 else 1e-6
    expect_equal(d$loss, value, tolerance = tolerance, label = paste("seed", seed))
  }
  expect_gt(seen, 15)
})
