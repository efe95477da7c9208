# R functions as activations against the engine's own of the same formula.
d <- custom_data()

net <- function(one, two, dtype = "float64", optimizer = optimizer_adam(0.02)) {
  set.seed(3)
  model <- keras_model_sequential(input_shape = 3, dtype = dtype) %>%
    layer_dense(5, activation = one, kernel_regularizer = "l2", activity_regularizer = "l1") %>%
    layer_dropout(0.2) %>% layer_batch_normalization() %>% layer_dense(4, trainable = FALSE) %>%
    layer_activation(two) %>% layer_dense(1, bias_constraint = constraint_maxnorm(0.1))
  model %>% compile(loss = "mse", optimizer = optimizer, metrics = "mae")
}
sinh_by_cosh <- function(x) (exp(x) - exp(-x)) / (exp(x) + exp(-x))
ramp <- function(x) pmax(x, 0)

test_that("training with R functions is training with the engine's activations", {
  ours <- all_results(net(sinh_by_cosh, ramp), d$x, d$y, d$w)
  expect_equal(ours, all_results(net("tanh", "relu"), d$x, d$y, d$w), tolerance = 1e-12)
  expect_equal(all_results(net(sinh_by_cosh, ramp, "float32"), d$x, d$y, d$w),
    all_results(net("tanh", "relu", "float32"), d$x, d$y, d$w), tolerance = 1e-4)
})

test_that("a layer called on data alone, and arrays of more dims", {
  a <- array(rnorm(24), c(4, 3, 2))
  set.seed(1)
  own <- layer_dense(units = 5, activation = function(x) x^2)
  y <- own(a)
  expect_equal(dim(y), c(4, 3, 5))
  set.seed(1)
  expect_equal(y, layer_dense(units = 5)(a)^2, tolerance = 1e-14)
})

test_that("shared layers, several inputs and outputs add up their gradients", {
  results <- lapply(list("tanh", sinh_by_cosh), function(activation) {
    set.seed(4)
    a <- layer_input(3, name = "a")
    b <- layer_input(3, name = "b")
    shared <- layer_dense(units = 4, activation = activation)
    both <- layer_add(list(shared(a), shared(b)))
    model <- keras_model(list(a, b), list(layer_dense(both, 1), layer_dense(shared(b), 2)))
    model %>% compile(loss = "mse", optimizer = "sgd")
    x <- list(d$x, d$x[20:1, ])
    y <- list(d$y, d$x[, 1:2])
    fit(model, x, y, epochs = 3, batch_size = 8, shuffle = FALSE, verbose = 0)
    list(unname(get_weights(model)), unname(predict(model, x)))
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-12)
})

test_that("callbacks, saveRDS, from_config and clone_model go with R functions", {
  model <- net(sinh_by_cosh, ramp)
  file <- withr::local_tempfile()
  saveRDS(model, file)
  copies <- list(readRDS(file), from_config(get_config(model)), clone_model(model))
  stopped <- fit(model, d$x, d$y, epochs = 9, verbose = 0,
    callbacks = callback_early_stopping("loss", min_delta = 1e9, restore_best_weights = TRUE))
  expect_length(stopped$metrics$loss, 2)
  for (copy in copies) {
    set_weights(copy, get_weights(model))
    expect_equal(predict(copy, d$x), predict(model, d$x))
  }
})

test_that("rows with missing numbers are NA, the others are predicted", {
  model <- net(sinh_by_cosh, ramp)
  x <- d$x
  x[2, 1] <- NA
  expect_identical(which(is.na(predict(model, x))), 2L)
  expect_equal(predict(model, x)[-2, ], predict(model, d$x)[-2, ], tolerance = 1e-14)
})

test_that("a function that fails, or returns what does not fit, is named and changes nothing", {
  text <- function(f) conditionMessage(refused_fit(net(f, ramp), d$x, d$y, "kestrel_error_layer"))
  expect_match(text(function(x) stop("no way")), "activation of layer \"dense\" failed.*no way")
  expect_match(text(function(x) x[, 1]), "shape \\(n, 5\\)")
  expect_match(suppressWarnings(text(function(x) log(x * 0 - 1))), "NaN at position 1")
  expect_match(text(function(x) x %% 1), "%%")
  expect_match(text(function(x) letters), "numbers of shape")
  error <- refused_fit(net(function(x) stop("x"), ramp), d$x, d$y, "kestrel_error_layer")
  expect_s3_class(error$parent, "simpleError")
  expect_error(layer_dense(units = 2, activation = function() 1), class = "kestrel_error_argument")
})

test_that("what needs second derivatives refuses, and a diagnosis leaves it out", {
  model <- net(sinh_by_cosh, ramp)
  seen <- diagnose(model, d$x, d$y)
  expect_length(attr(seen, "failed"), 0)
  expect_true("O2" %in% attr(seen, "left_out"))
  solver <- net(sinh_by_cosh, ramp, optimizer = optimizer_lbfgs())
  expect_error(fit(solver, d$x, d$y, verbose = 0), class = "kestrel_error_state")
})
