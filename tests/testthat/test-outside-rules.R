# R functions as regularizers and constraints against the engine's own of the same formula.
d <- custom_data()

net <- function(penalty, activity, constraint, optimizer = optimizer_adam(0.02)) {
  set.seed(3)
  model <- keras_model_sequential(input_shape = 3) %>%
    layer_dense(5, activation = "tanh", kernel_regularizer = penalty, bias_regularizer = penalty,
      activity_regularizer = activity) %>%
    layer_dropout(0.2) %>% layer_batch_normalization(gamma_regularizer = penalty) %>%
    layer_dense(1, kernel_constraint = constraint)
  model %>% compile(loss = "mse", optimizer = optimizer, metrics = "mae")
}
own <- function(...) {
  net(function(w) 0.01 * sum(w^2), function(x) 0.02 * sum(abs(x)), function(w) pmax(w, 0), ...)
}

test_that("training with R functions is training with the engine's regularizers and constraints", {
  expect_equal(all_results(own(), d$x, d$y, d$w),
    all_results(net("l2", regularizer_l1(0.02), "non_neg"), d$x, d$y, d$w), tolerance = 1e-12)
})

test_that("apply_gradients() keeps to constraints, callbacks and saveRDS go with them", {
  model <- own(optimizer = optimizer_sgd(1))
  apply_gradients(model, lapply(get_weights(model, trainable = TRUE), function(w) w + 1))
  expect_true(all(get_weights(model)[[7]] >= 0))
  file <- withr::local_tempfile()
  saveRDS(model, file)
  again <- readRDS(file)
  for (m in list(model, again)) {
    set.seed(1)
    fit(m, d$x, d$y, epochs = 2, verbose = 0, callbacks = callback_early_stopping("loss"))
  }
  expect_identical(get_weights(model), get_weights(again))
  copy <- from_config(get_config(model))
  expect_equal(copy$layers[[1]]$kernel_regularizer(diag(2)), 0.02)
})

test_that("objects of functions are called on arrays", {
  layer <- layer_dense(units = 1, kernel_regularizer = function(w) sum(w), kernel_constraint = function(w) w / 2)
  expect_identical(layer$kernel_regularizer(matrix(1:4, 2)), 10L)
  expect_identical(layer$kernel_constraint(matrix(2, 2, 2)), matrix(1, 2, 2))
})

test_that("frozen layers have no penalty, as in Keras of this package", {
  expect_equal({
    model <- own()
    freeze_weights(model)
    suppressWarnings(evaluate(model, d$x, d$y, verbose = 0))[["loss"]]
  }, {
    model <- net("l2", regularizer_l1(0.02), "non_neg")
    freeze_weights(model)
    suppressWarnings(evaluate(model, d$x, d$y, verbose = 0))[["loss"]]
  }, tolerance = 1e-12)
})

test_that("functions that fail, or return what is none, are named and change nothing", {
  text <- function(penalty = "l2", activity = NULL, constraint = NULL) {
    error <- refused_fit(net(penalty, activity, constraint), d$x, d$y, "kestrel_error_layer")
    conditionMessage(error)
  }
  expect_match(text(function(w) stop("no")), "regularizer of layer \"dense\" failed.*no")
  expect_match(text(function(w) w), "must return a number")
  expect_match(text(activity = function(x) NA), "activity regularizer of layer \"dense\" must return")
  model <- net("l2", NULL, function(w) w[1])
  expect_error(fit(model, d$x, d$y, verbose = 0), "constraint of layer \"dense_1\" must return 5",
    class = "kestrel_error_layer")
  expect_error(layer_dense(units = 1, kernel_regularizer = function() 1), class = "kestrel_error_argument")
  expect_length(attr(diagnose(own(), d$x, d$y), "failed"), 0)
})
