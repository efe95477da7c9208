# Custom layers against the engine's of the same formula: the same weights, training and results.
d <- custom_data()

dense_members <- list(
  initialize = function(units = 32, ...) {
    super$initialize(...)
    self$units <- units
  },
  build = function(input_shape) {
    self$kernel <- self$add_weight(name = "kernel", shape = list(input_shape[[2]], self$units),
      regularizer = "l2", trainable = TRUE)
    self$bias <- self$add_weight(shape = self$units, initializer = "zeros", name = "bias",
      constraint = constraint_maxnorm(0.1))
  },
  call = function(inputs) tanh(self$affine(inputs)),
  affine = function(x) x %*% self$kernel + rep(self$bias, each = nrow(x))
)
layer_own <- do.call(Layer, c("SimpleDense", dense_members))

net <- function(own) {
  set.seed(3)
  model <- keras_model_sequential(input_shape = 3)
  if (is.function(own)) {
    model %>% own(5)
  } else {
    model %>% layer_dense(5, activation = "tanh", kernel_regularizer = "l2",
      bias_constraint = constraint_maxnorm(0.1))
  }
  model %>% layer_dropout(0.2) %>% layer_dense(1) %>%
    compile(loss = "mse", optimizer = optimizer_adam(0.02), metrics = "mae")
  model
}

test_that("a custom dense layer is layer_dense(), whichever way it is made", {
  expected <- all_results(net("engine"), d$x, d$y, d$w)
  expect_equal(all_results(net(layer_own), d$x, d$y, d$w), expected, tolerance = 1e-12)
  old <- do.call(new_layer_class, c("SimpleDense", dense_members))
  expect_equal(all_results(net(old), d$x, d$y, d$w), expected, tolerance = 1e-12)
  child <- Layer("Child", inherit = layer_own, initialize = function(n) super$initialize(n))
  expect_equal(all_results(net(child), d$x, d$y, d$w), expected, tolerance = 1e-12)
})

test_that("two calls of one layer share its weights", {
  results <- lapply(list(layer_own, function(units) {
    layer_dense(units = units, activation = "tanh", kernel_regularizer = "l2",
      bias_constraint = constraint_maxnorm(0.1))
  }), function(make) {
    set.seed(2)
    a <- layer_input(3)
    b <- layer_input(3)
    shared <- make(units = 2)
    model <- keras_model(list(a, b), layer_subtract(list(shared(a), shared(b))))
    model %>% compile(loss = "mse", optimizer = "adam")
    fit(model, list(d$x, d$x[20:1, ]), d$x[, 1:2], epochs = 3, shuffle = FALSE, verbose = 0)
    unname(get_weights(model))
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-12)
})

test_that("a layer has its name, fields, weights, summary and config", {
  model <- net(layer_own)
  layer <- model$layers[[1]]
  expect_identical(layer$name, "simple_dense")
  expect_identical(layer$units, 5)
  expect_identical(layer$kernel$numpy(), get_weights(model)[[1]])
  expect_identical(count_params(layer), 20)
  expect_output(summary(model), "simple_dense \\(SimpleDense\\) .*20 ")
  expect_identical(get_config(layer)$units, 5)
  config <- Layer("A", initialize = function(k = 2) self$k <- k, get_config = function() list(k = self$k + 1))
  expect_identical(from_config(get_config(config()))$k, 3)
})

test_that("saveRDS, clone_model, from_config and freezing go with custom layers", {
  model <- net(layer_own)
  file <- withr::local_tempfile()
  saveRDS(model, file)
  for (copy in list(readRDS(file), clone_model(model), from_config(get_config(model)))) {
    set_weights(copy, get_weights(model))
    expect_identical(predict(copy, d$x), predict(model, d$x))
    compile(copy, loss = "mse", optimizer = "sgd")
    fit(copy, d$x, d$y, epochs = 1, verbose = 0)
    expect_false(identical(get_weights(copy)[[1]], get_weights(model)[[1]]))
  }
  compile_again(freeze_weights(model, to = "simple_dense"))
  before <- get_weights(model)
  fit(model, d$x, d$y, epochs = 1, verbose = 0)
  expect_identical(get_weights(model)[1:2], before[1:2])
  expect_false(identical(get_weights(model)[3], before[3]))
})

test_that("a layer without object is called on data; self may be an argument", {
  double <- Layer("Double", call = function(self, inputs) 2 * inputs)
  expect_equal(double()(d$x), 2 * d$x)
  expect_equal(dim(layer_own(, 4)(d$x)), c(20L, 4L))
})

test_that("the first layer of a stack may say the shape of its input", {
  make <- function(initialize) {
    Layer("Lin", initialize = initialize, build = function(shape) {
      self$w <- self$add_weight(shape = c(shape[2], self$units))
    }, call = function(x) x %*% self$w)
  }
  plain <- make(function(units) {
    super$initialize()
    self$units <- units
  })
  dotted <- make(function(units, ...) {
    super$initialize(...)
    self$units <- units
  })
  for (layer in list(plain, dotted)) {
    for (model in list(keras_model_sequential() %>% layer(5, input_shape = 4),
      keras_model_sequential() %>% layer(units = 5, input_shape = 4, name = "q"),
      keras_model_sequential(4) %>% layer(5))) {
      expect_identical(dim(get_weights(model)[[1]]), c(4L, 5L))
      expect_identical(model$output_shape, list(NULL, 5L))
    }
  }
})

test_that("methods that fail, and what is no class, are named", {
  fails <- function(...) expect_error(Layer("Bad", ...)()(d$x), class = "kestrel_error_layer")
  expect_match(conditionMessage(fails(initialize = function() stop("one"))), "initialize\\(\\) of layer \"Bad\".*one")
  expect_match(conditionMessage(fails(build = function(input_shape) stop("two"))), "build\\(\\) of layer \"bad\".*two")
  expect_match(conditionMessage(fails(call = function(inputs) stop("three"))), "call\\(\\) of layer \"bad\".*three")
  expect_s3_class(fails(call = function(inputs) stop("x"))$parent, "simpleError")
  fails(call = function(inputs) "a")
  expect_error(Layer(3), class = "kestrel_error_argument")
  expect_error(Layer("A", call = 3), class = "kestrel_error_argument")
  expect_error(Layer("A", function() 1, , , , 5), class = "kestrel_error_argument")
  expect_error(Layer("A")(foo = 1), "foo", class = "kestrel_error_argument")
  wrong <- Layer("Wrong", call = function(inputs) inputs[, 1:2],
    compute_output_shape = function(input_shape) c(NA, 3))
  x <- layer_input(3)
  expect_error(predict(keras_model(x, wrong()(x)), d$x), "shape \\(n, 3\\)", class = "kestrel_error_layer")
})

halves <- Layer("Halves", initialize = function(trained = TRUE) {
  super$initialize()
  self$scale <- self$add_weight(shape = 1, initializer = "ones", name = "scale", trainable = trained)
}, call = function(inputs) {
  list(c(self$scale) * inputs[, 1:2], array(inputs[, 3:4]^2, c(nrow(inputs), 1, 2)))
})

test_that("a layer of several outputs is two layers", {
  results <- lapply(1:2, function(way) {
    set.seed(2)
    input <- layer_input(3)
    h <- layer_dense(input, 4)
    if (way == 1) {
      c(a, b) %<-% halves(h, trained = FALSE)
    } else {
      a <- layer_lambda(h, function(x) x[, 1:2])
      b <- layer_lambda(h, function(x) array(x[, 3:4]^2, c(nrow(x), 1, 2)))
    }
    y <- layer_concatenate(list(layer_dense(a, 1), layer_flatten(b)))
    model <- keras_model(input, list(y, a))
    for (dense in Filter(function(layer) grepl("dense", layer$name), model$layers)) {
      set_weights(dense, lapply(get_weights(dense), function(w) array(cos(seq_along(w)), dim(w))))
    }
    model %>% compile(loss = list("mse", "mae"), optimizer = optimizer_adam(0.02))
    fit(model, d$x, list(d$x, d$x[, 1:2]), epochs = 3, shuffle = FALSE, verbose = 0)
    list(predict(model, d$x), evaluate(model, d$x, list(d$x, d$x[, 1:2]), verbose = 0)[[1]])
  })
  own <- results[[1]]
  expect_true(all(is.finite(unlist(own))))
  expect_identical(lapply(own[[1]], dim), list(c(20L, 3L), c(20L, 2L)))
  expect_equal(own, results[[2]], tolerance = 1e-12)
})

test_that("its outputs have exact gradients, may be left unused, and are copied with the model", {
  set.seed(2)
  input <- layer_input(3)
  outputs <- halves(layer_dense(input, 4))
  expect_identical(lapply(outputs, dim), list(c(NA, 2L), c(NA, 1L, 2L)))
  for (used in list(outputs, outputs[1], outputs[2])) {
    y <- lapply(used, function(t) t %>% layer_flatten())
    model <- keras_model(input, if (length(y) > 1) layer_concatenate(y) else y[[1]])
    model %>% compile(loss = "mse", optimizer = "sgd")
    target <- matrix(0.5, 20, 2 * length(y))
    w <- get_weights(model)
    loss_at <- function(flat) {
      set_weights(model, kestrel:::apart(flat, w))
      evaluate(model, d$x, target, verbose = 0)[["loss"]]
    }
    by_differences <- vapply(seq_along(unlist(w)), function(i) {
      h <- replace(0 * unlist(w), i, 1e-5)
      (loss_at(unlist(w) + h) - loss_at(unlist(w) - h)) / 2e-5
    }, 0)
    set_weights(model, w)
    expect_equal(unlist(with_gradient(model, d$x, target)$gradients), by_differences, tolerance = 1e-8)
  }
  copy <- clone_model(model)
  set_weights(copy, w)
  expect_identical(predict(copy, d$x), predict(model, d$x))
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_identical(predict(readRDS(file), d$x), predict(model, d$x))
})

test_that("several outputs are shown, named by shapes told, and refused in a stack", {
  layer <- halves()
  given <- layer(cbind(d$x, 1))
  expect_equal(given[[1]], d$x[, 1:2])
  expect_equal(given[[2]], array(cbind(d$x[, 3], 1)^2, c(20, 1, 2)))
  expect_identical(layer$output_shape, list(list(NULL, 2L), list(NULL, 1L, 2L)))
  expect_output(print(layer), "(n, 2) and (n, 1, 2)", fixed = TRUE)
  input <- layer_input(4)
  model <- keras_model(input, halves(input))
  expect_output(summary(model), "\\[\\(None, 2\\), .*\\(None, 1, 2\\)\\]")
  expect_error(keras_model_sequential(input_shape = 4) %>% halves(), "2 outputs",
    class = "kestrel_error_argument")
  told <- Layer("Told", call = function(inputs) list(inputs, inputs[, 1]),
    compute_output_shape = function(input_shape) list(input_shape, c(NA, 1)))
  expect_identical(lapply(told()(layer_input(4)), dim), list(c(NA, 4L), c(NA, 1L)))
})

test_that("a vector in call() has a number by sample: the embedding of it a row", {
  d <- custom_data()
  codes <- cbind(0:9, 9:0)
  make <- keras_model_custom(function(self) {
    self$e <- layer_embedding(input_dim = 10, output_dim = 4)
    self$dense <- layer_dense(units = 1)
    function(x, mask = NULL) {
      k_sum(self$e(x[, 1]) * self$e(x[, 2]), axis = 2, keepdims = TRUE) + self$dense(x[, 1])
    }
  })
  input <- layer_input(2)
  column <- function(i) layer_lambda(input, function(x) x[, i, drop = FALSE])
  e <- layer_embedding(input_dim = 10, output_dim = 4)
  rows <- lapply(1:2, function(i) layer_flatten(e(column(i))))
  plain <- keras_model(input, layer_add(list(layer_dot(rows, axes = 1), layer_dense(column(1), 1))))
  predict(make, codes)
  set_weights(make, get_weights(plain))
  results <- lapply(list(make, plain), function(model) {
    model %>% compile(loss = "mse", optimizer = "sgd")
    fit(model, codes, (1:10) / 10, epochs = 2, shuffle = FALSE, verbose = 0)
    list(predict(model, codes), get_weights(model))
  })
  expect_equal(results[[1]], results[[2]], tolerance = 1e-10, ignore_attr = TRUE)
})

test_that("classes print themselves in a line", {
  layer_scaled <- Layer("Scaled", `__init__` = function(units, by = 2) self$by <- by, call = function(inputs) self$by * inputs)
  expect_output(print(layer_scaled), "^<class Scaled\\(units, by\\)>$")
  expect_output(str(layer_scaled), "<class Scaled")
  expect_output(print(Model("Net", call = function(x) x)), "<class Net()>", fixed = TRUE)
  expect_output(print(Loss("Own", call = function(y_true, y_pred) y_pred)), "<class Own()>", fixed = TRUE)
  expect_identical(layer_scaled(units = 1)(matrix(1:2, 1)), matrix(c(2, 4), 1))
})
