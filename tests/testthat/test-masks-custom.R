# The mean over steps that count, as layer_global_average_pooling_1d() has it.
layer_mean_pool <- Layer("MeanPool", call = function(inputs, mask = NULL) {
  if (is.null(mask)) return(k_mean(inputs, axis = 2))
  m <- k_expand_dims(k_cast(mask, "float32"), -1)
  k_sum(inputs * m, axis = 2) / k_sum(m, axis = 2)
})

codes <- rbind(c(3, 4, 0, 0), c(1, 0, 2, 0), c(1, 2, 3, 4), c(0, 0, 0, 4), c(5, 5, 1, 0), c(2, 0, 0, 0))

pooled <- function(pool, mask_zero = TRUE) {
  model <- keras_model_sequential(input_shape = 4, dtype = "float64") %>%
    layer_embedding(6, 3, mask_zero = mask_zero) %>% pool() %>% layer_dense(1)
  set_weights(model, list(matrix(sin(1:18), 6), matrix(1:3 / 3), 0.1))
  expect_silent(compile(model, optimizer_adam(0.05), "mse", metrics = "mae"))
  model
}

test_that("call() is told the mask in all that a model does", {
  y <- cos(1:6)
  w <- 6:1 / 6
  expected <- all_results(pooled(layer_global_average_pooling_1d), codes, y, w)
  expect_equal(all_results(pooled(layer_mean_pool), codes, y, w), expected, tolerance = 1e-10)
  lambda <- function(object) layer_lambda(object, function(x, mask) {
    rowsum <- function(x) k_sum(x, axis = 2)
    rowsum(x * k_expand_dims(mask)) / rowsum(k_expand_dims(mask))
  })
  expect_equal(all_results(pooled(lambda), codes, y, w), expected, tolerance = 1e-10)
  skip_if_not_installed("R6")
  pool <- create_layer_wrapper(R6::R6Class("Pool", inherit = KerasLayer, public = list(
    call = function(inputs, mask = NULL) {
      m <- k_expand_dims(mask + 0)
      k_sum(inputs * m, axis = 2) / k_sum(m, axis = 2)
    })))
  expect_equal(all_results(pooled(pool), codes, y, w), expected, tolerance = 1e-10)
})

test_that("it is NULL where there is none, and stored models have it, too", {
  expect_equal(predict(pooled(layer_mean_pool, FALSE), codes),
    predict(pooled(layer_global_average_pooling_1d, FALSE), codes), tolerance = 1e-12)
  x <- array(sin(1:24), c(2, 4, 3))
  expect_equal(layer_mean_pool()(x), apply(x, c(1, 3), mean), tolerance = 1e-6)
  model <- pooled(layer_mean_pool)
  again <- unserialize(serialize(model, NULL))
  expect_identical(predict(again, codes), predict(model, codes))
  needs <- pooled(function(object) layer_lambda(object, function(x, mask) {
    if (is.null(mask)) stop("no mask here")
    x[, 1, ]
  }), FALSE)
  expect_error(predict(needs, codes), "no mask here", class = "kestrel_error_layer")
})

test_that("masks are arrays of samples x steps, TRUE or FALSE, and lists for several inputs", {
  seen <- list()
  look <- Layer("Look", call = function(inputs, mask = NULL) {
    seen[[1]] <<- mask
    if (is.null(dim(inputs))) inputs[[1]] else inputs
  })
  x <- masked_x()
  one <- layer_input(c(4, 3))
  predict(keras_model(one, one %>% layer_masking() %>% look()), x)
  expect_identical(seen[[1]], mask_of(x) == 1)
  two <- layer_input(c(4, 3))
  model <- keras_model(list(one, two), look()(list(one, layer_masking(two))))
  predict(model, list(x, x))
  expect_identical(seen[[1]], list(NULL, mask_of(x) == 1))
  more <- Layer("More", call = function(inputs, other, mask = NULL) {
    seen[[1]] <<- mask
    inputs + other
  })
  predict(keras_model(list(one, two), more()(layer_masking(one), two)), list(x, x))
  expect_identical(seen[[1]], mask_of(x) == 1)
  flat <- layer_input(3)
  predict(keras_model(flat, flat %>% layer_masking() %>% look()), diag(c(1, 0, 2)))
  expect_identical(as.vector(seen[[1]]), c(TRUE, FALSE, TRUE))
  split <- Layer("Split", call = function(inputs, mask = NULL) {
    list(inputs, k_expand_dims(mask + 0))
  })
  parts <- one %>% layer_masking() %>% split()
  expect_equal(predict(keras_model(one, parts), x)[[2]][, , 1], mask_of(x))
})

test_that("masks go on where the layer says so", {
  x <- masked_x()
  y <- masked_y()
  score <- function(layer) {
    model <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>% layer_masking() %>% layer() %>%
      layer_dense(2)
    compile(model, loss = "mse")
    l <- squares(y, predict(model, x))
    list(loss = evaluate(model, x, y, verbose = 0)[["loss"]], l = l)
  }
  same <- function(inputs) inputs
  keeps <- score(Layer("Keeps", initialize = function() self$supports_masking <- TRUE, call = same))
  expect_equal(keeps$loss, masked_mean(keeps$l, mask_of(x)), tolerance = 1e-12)
  ends <- score(Layer("Ends", call = same, compute_mask = function(inputs, mask) NULL))
  expect_equal(ends$loss, mean(ends$l), tolerance = 1e-12)
  later <- score(Layer("Later", call = same, compute_mask = function(inputs, mask = NULL) {
    cbind(FALSE, mask[, 1:3])
  }))
  expect_equal(later$loss, masked_mean(later$l, cbind(0, mask_of(x)[, 1:3])), tolerance = 1e-12)
  inherits <- score(Layer("Inherits", initialize = function() self$supports_masking <- TRUE, call = same,
    compute_mask = function(inputs, mask = NULL) super$compute_mask(inputs, mask)))
  expect_equal(inherits$loss, masked_mean(inherits$l, mask_of(x)), tolerance = 1e-12)
  expect_warning(score(Layer("Drops", call = same)), class = "kestrel_warning_mask")
  expect_error(score(Layer("Wrong", call = same, compute_mask = function(inputs, mask) "a")),
    class = "kestrel_error_layer")
})

test_that("a layer of one's own may begin a mask, and trains as one of the package does", {
  layer_own_masking <- Layer("OwnMasking", call = function(inputs) inputs,
    compute_mask = function(inputs, mask = NULL) apply(inputs != 0, c(1, 2), any))
  model <- function(masking) {
    model <- keras_model_sequential(input_shape = c(4, 3), dtype = "float64") %>%
      layer_dense(3, use_bias = FALSE) %>% masking() %>% layer_dense(2)
    set_weights(model, list(diag(3) + 0.1, matrix(sin(1:6), 3), c(0.1, 0.2)))
    compile(model, optimizer_adam(0.01), "mse")
    model
  }
  results <- function(model) {
    set.seed(1)
    history <- fit(model, masked_x(), masked_y(), epochs = 3, batch_size = 2, verbose = 0)
    list(history$metrics, get_weights(model), evaluate(model, masked_x(), masked_y(), verbose = 0),
      with_gradient(model, masked_x(), masked_y()))
  }
  expect_equal(results(model(layer_own_masking)), results(model(layer_masking)), tolerance = 1e-10)
})
