test_that("Adam's reach bounds its steps", {
  # The worst case: gradients that are zero, then large.
  reach <- adam_reach(optimizer_adam(1))
  expect_equal(reach, 0.1 / sqrt(0.001) / sqrt(1 - 0.81 / 0.999))
  spec <- optimizer_spec(optimizer_adam(1), environment())
  w <- 0
  state <- NULL
  worst <- 0
  for (g in c(rep(1e-6, 50), 10^(0:8), rep(1e8, 50))) {
    step <- engine_optimizer_step(spec, 1L, w, g, state)
    worst <- max(worst, abs(step$w - w))
    w <- step$w
    state <- step$state
  }
  expect_lte(worst, reach)
  expect_gt(worst, 0.5)
})

test_that("outputs stay within their bound for all weights in reach", {
  withr::local_seed(1)
  m <- net(2, c(5, 4, 2), c("tanh", "relu", "linear"))
  case <- new_case(m, plane$x, cbind(plane$curved, 1), NULL, NULL, NULL, 5, environment())
  bound <- output_bound(case, 0.3)
  w <- get_weights(m)
  for (i in 1:50) {
    set_weights(m, lapply(w, function(v) v + stats::runif(length(v), -0.3, 0.3)))
    expect_lte(max(abs(predict(m, plane$x))), bound)
  }
})

test_that("the bound holds for activations that are not 0 at 0, or steeper than 1", {
  withr::local_seed(2)
  bends <- list("sigmoid", "softsign", "hard_tanh", activation_relu(negative_slope = 3),
    activation_relu(negative_slope = 0.5, threshold = 2), activation_relu(max_value = 0.1),
    activation_leaky_relu(negative_slope = 4))
  for (bend in bends) {
    m <- keras_model_sequential(input_shape = 2) %>% layer_dense(3, bend) %>% layer_dense(1)
    compile(m, loss = "mse")
    x <- 0.01 * plane$x
    case <- new_case(m, x, plane$curved, NULL, NULL, NULL, 5, environment())
    bound <- output_bound(case, 0.3)
    w <- get_weights(m)
    for (i in 1:20) {
      set_weights(m, lapply(w, function(v) v + 0.3 * sample(c(-1, 1), length(v), TRUE)))
      expect_lte(max(abs(predict(m, x))), bound)
    }
  }
})

test_that("targets are not out of reach of a unit that is a half without weights", {
  m <- net(1, c(1, 1), c("sigmoid", "linear"), layer = list(kernel_initializer = "zeros", use_bias = FALSE),
    optimizer = optimizer_adam(0.1))
  fit(m, c(-1, 0, 1), rep(0.04, 3), epochs = 1, verbose = 0)
  expect_false("D7" %in% diagnose(m, c(-1, 0, 1), rep(0.04, 3), checks = "D7")$id)
})

test_that("constraints may move weights further than steps do", {
  x <- plane$x
  y <- 100 * plane$curved
  ids <- function(constraint) {
    m <- net(2, c(3, 1), c("tanh", "linear"), epochs = 1, x = x, y = y, layer = list(kernel_constraint = constraint))
    d <- diagnose(m, x, y, checks = "D7")
    d$id[d$confidence == "PROVEN"]
  }
  expect_identical(ids(NULL), "D7")
  expect_length(ids(constraint_unitnorm()), 0)
})

test_that("targets out of reach are proven to be", {
  y <- 1e6 * plane$x[, 1]
  d <- diagnosed(function() case_of(net(2, c(8, 1), c("tanh", "linear"), epochs = 5, x = plane$x, y = y), plane$x, y),
    verify = TRUE)
  expect_identical(d$confidence[d$id == "D7"], "PROVEN")
  expect_true(d$verified[d$id == "D7"])
})

test_that("targets are off scale where they are wide or far from 0, and never for classes", {
  case <- function(y, loss = "mse", last = "linear") {
    new_case(net(2, c(4, 1), c("tanh", last), loss), plane$x, y, NULL, NULL, NULL, 5, environment())
  }
  expect_false(any(off_scale_targets(case(plane$curved))))
  expect_true(any(off_scale_targets(case(1000 * plane$curved))))
  expect_true(any(off_scale_targets(case(plane$curved + 100))))
  expect_false(any(off_scale_targets(case(plane$class, "binary_crossentropy", "sigmoid"))))
  expect_true(is_off_scale(case(plane$curved + 100)))
  expect_false(is_off_scale(case(plane$curved)))
})

test_that("no bound is known for settings or activations outside the theorem", {
  expect_identical(adam_reach(optimizer_adam(1, beta_1 = 0.99)), NA_real_)
  expect_identical(adam_reach(optimizer_adam(1, beta_2 = 0.9)), NA_real_)
  case <- new_case(net(2, c(4, 1), c("exponential", "linear")), plane$x, plane$curved, NULL, NULL, NULL, 5, environment())
  expect_identical(output_bound(case, 0.1), NA_real_)
})

test_that("targets of mean 50 that Adam has not reached are told by their scale first", {
  skip_if_not_installed("withr")
  withr::local_seed(1)
  y <- 50 + 10 * plane$x[, 1]
  for (targets in list(y, cbind(y, 3 * plane$curved))) {
    k <- NCOL(targets)
    m <- net(2, c(16, k), c("tanh", "linear"), epochs = 30, x = plane$x, y = targets, optimizer = optimizer_adam(0.001))
    d <- diagnose(m, plane$x, targets)
    expect_identical(d$id[1], "D7")
    expect_gt(d$explains[1], 0.9)
  }
  small <- net(2, c(16, 1), c("tanh", "linear"), epochs = 30, x = plane$x, y = y / 50, optimizer = optimizer_adam(0.001))
  expect_false("D7" %in% diagnose(small, plane$x, y / 50)$id)
})
