# Models as classes, against the same layers in a stack.

test_that("a class of models computes and trains as its layers do", {
  model_mlp <- Model("MLP",
    initialize = function(units = 3) {
      super$initialize()
      self$hidden <- layer_dense(units = units, activation = "tanh")
      self$last <- layer_dense(units = 2)
    },
    call = function(inputs) self$last(self$hidden(inputs))
  )
  custom <- keras_model_custom(name = "custom", function(self) {
    self$hidden <- layer_dense(units = 3, activation = "tanh")
    self$last <- layer_dense(units = 2)
    function(inputs, mask = NULL) inputs %>% self$hidden() %>% self$last()
  })
  old_mlp <- new_model_class("Old", initialize = function() {
    self$hidden <- layer_dense(units = 3, activation = "tanh")
    self$last <- layer_dense(units = 2)
  }, call = function(inputs) self$last(self$hidden(inputs)))
  plain <- keras_model_sequential() %>% layer_dense(3, activation = "tanh") %>% layer_dense(2)
  models <- list(plain, model_mlp(units = 3), custom, old_mlp())
  results <- lapply(models, function(model) {
    predict(model, wave_x())
    set_weights(model, lapply(get_weights(model), function(w) array(seq_along(w) / 10 - 0.3, dim(w))))
    model %>% compile(loss = "mse", optimizer = "adam")
    fit(model, wave_x(), wave_y(), epochs = 2, verbose = 0, shuffle = FALSE)
    predict(model, wave_x())
  })
  for (result in results[-1]) expect_near(result, results[[1]], 1e-12)
  expect_identical(custom$name, "custom")
  expect_identical(models[[2]]$name, "mlp")
})

test_that("steps of one's own are refused, with a hint", {
  expect_error(Model("Own", train_step = function(data) data), "with_gradient",
    class = "kestrel_error_argument")
  expect_error(keras_model_custom(), class = "kestrel_error_argument")
  expect_error(keras_model_custom(3), class = "kestrel_error_argument")
  expect_error(predict(keras_model_custom(function(self) 3), wave_x()), "a function that returns a function of inputs")
})

auto_encoder <- function() {
  Model("AutoEncoder",
    initialize = function(encoder, decoder, ...) {
      super$initialize(...)
      self$decoder <- decoder
      self$encoder <- encoder
    },
    call = function(inputs) self$decoder(self$encoder(inputs))
  )
}

test_that("positional arguments are those of initialize(), also where these are models", {
  set.seed(1)
  x <- matrix(rnorm(40), 10)
  encoder <- keras_model_sequential() %>% layer_dense(2, activation = "tanh")
  decoder <- keras_model_sequential() %>% layer_dense(4)
  model <- auto_encoder()(encoder, decoder, name = "ae")
  expect_identical(model$name, "ae")
  expect_identical(lapply(model$layers, environment), lapply(list(decoder, encoder), environment))
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  fit(model, x, x, epochs = 2, verbose = 0)
  expect_equal(predict(decoder, predict(encoder, x)), predict(model, x), tolerance = 1e-12)
  twice <- function(part) set_weights(part, lapply(get_weights(part), `*`, 2))
  twice(encoder)
  expect_equal(predict(decoder, predict(encoder, x)), predict(model, x), tolerance = 1e-12)
  twice(model)
  expect_equal(predict(decoder, predict(encoder, x)), predict(model, x), tolerance = 1e-12)
  copy <- clone_model(model)
  set_weights(copy, get_weights(model))
  y <- predict(model, x)
  fit(copy, x, x, epochs = 2, verbose = 0)
  expect_identical(predict(model, x), y)
  expect_error(auto_encoder()(encoder, decoder, 3, 4, 5), class = "kestrel_error")
  sized <- Model("Sized", initialize = function(a, b = 3, c, d = 1) self$sizes <- c(a, b, c, d), call = function(x) x)
  expect_identical(sized(1, c = 4, 2)$sizes, c(1, 2, 4, 1))
  expect_error(sized(1, e = 2), "Did you mean|`e`", class = "kestrel_error_argument")
  expect_error(sized(1, 2, 3, 4, 5), "takes", class = "kestrel_error_argument")
})

test_that("a model or a tensor that initialize() has no use for is what the new one is called on", {
  half <- Model("Half", initialize = function(units = 2) self$dense <- layer_dense(units = units),
    call = function(inputs) self$dense(inputs) / 2)
  input <- layer_input(3)
  for (model in list(keras_model(input, half(input, 4)), keras_model(input, half(object = input, units = 4)),
    keras_model_sequential(input_shape = 3) %>% half(4))) {
    expect_identical(unlist(model$output_shape), 4L)
    w <- get_weights(model)
    x <- matrix(1:6, 2)
    expect_equal(predict(model, x), (x %*% w[[1]] + rep(c(w[[2]]), each = 2)) / 2, tolerance = 1e-12)
  }
})

test_that("several inputs and outputs, by name and by position, are those of the same graph", {
  ticket <- function(named) {
    new_model_class("CustomerTicketModel",
      initialize = function(departments) {
        super$initialize()
        self$concat <- layer_concatenate()
        self$mixing <- layer_dense(units = 3, activation = "tanh")
        self$priority <- layer_dense(units = 1, activation = "sigmoid")
        self$department <- layer_dense(units = departments, activation = "softmax")
      },
      call = function(inputs) {
        features <- list(inputs$title, inputs$tags) %>% self$concat() %>% self$mixing()
        y <- list(self$priority(features), self$department(features))
        if (named) stats::setNames(y, c("priority", "department")) else y
      }
    )(departments = 4)
  }
  title <- layer_input(3, name = "title")
  tags <- layer_input(2, name = "tags")
  mixed <- layer_concatenate(list(title, tags)) %>% layer_dense(3, activation = "tanh")
  plain <- keras_model(list(title = title, tags = tags), list(
    priority = layer_dense(mixed, 1, activation = "sigmoid"), department = layer_dense(mixed, 4, activation = "softmax")))
  set.seed(2)
  x <- list(title = matrix(rnorm(30), 10), tags = matrix(rnorm(20), 10))
  y <- list(priority = runif(10), department = to_categorical(sample(0:3, 10, TRUE), 4))
  results <- lapply(list(plain, ticket(TRUE), ticket(FALSE)), function(model) {
    model %>% compile(optimizer = "sgd", loss = c("mse", "categorical_crossentropy"),
      metrics = list(list("mae"), list("accuracy")))
    if (!model$built) predict(model, x)
    set_weights(model, lapply(get_weights(plain), function(w) array(seq_along(w) / 10 - 0.5, dim(w))))
    history <- fit(model, x, unname(y), epochs = 2, verbose = 0, shuffle = FALSE)
    list(unname(predict(model, x)), unname(history$metrics), get_weights(model))
  })
  expect_equal(results[[2]], results[[1]], tolerance = 1e-10)
  expect_equal(results[[3]], results[[1]], tolerance = 1e-10)
  named <- ticket(TRUE)
  named %>% compile(optimizer = "sgd", loss = list(priority = "mse", department = "categorical_crossentropy"))
  history <- fit(named, x[2:1], y, epochs = 1, verbose = 0)
  expect_named(history$metrics, c("loss", "priority_loss", "department_loss"))
  expect_named(predict(named, x), c("priority", "department"))
  unnamed <- ticket(FALSE)
  unnamed(x)
  expect_identical(unnamed$output_names, c("output_1", "output_2"))
  copy <- clone_model(named)
  set_weights(copy, get_weights(named))
  file <- withr::local_tempfile()
  saveRDS(named, file)
  again <- from_config(get_config(named))
  set_weights(again, get_weights(named))
  for (other in list(copy, readRDS(file), again)) {
    expect_identical(predict(other, x), predict(named, x))
    expect_identical(vapply(other$layers, function(l) l$name, ""), c("concatenate", "dense", "dense_1", "dense_2"))
  }
  wrong <- ticket(TRUE)
  wrong %>% compile(optimizer = "sgd", loss = c("mse", "mse", "mse"))
  expect_error(fit(wrong, x, y, epochs = 1, verbose = 0), "list of 2", class = "kestrel_error_shape")
  expect_false(wrong$built)
  expect_error(fit(wrong, list(x$title, x$tags[1:3, ]), y), "as many samples", class = "kestrel_error_shape")
})

test_that("its layers are shown and found, and frozen by compile()", {
  net <- Model("TwoBlocks",
    initialize = function(name = "blocks", ...) {
      super$initialize(name = name, ...)
      self$last <- layer_dense(units = 1)
      self$blocks <- lapply(1:2, function(i) layer_dense(units = 2))
      self$width <- 7
    },
    call = function(inputs) self$last(self$blocks[[2]](self$blocks[[1]](inputs))),
    encode = function(x) self$blocks[[1]](x)
  )
  model <- net()
  expect_snapshot(model)
  expect_error(layer_dense(model, 1), "cannot be added", class = "kestrel_error_argument")
  set.seed(1)
  x <- matrix(rnorm(30), 10)
  model$build(shape(NA, 3))
  expect_snapshot(model)
  expect_identical(model$name, "blocks")
  expect_identical(vapply(model$layers, function(l) l$name, ""), c("dense", "dense_1", "dense_2"))
  expect_identical(get_layer(model, index = 2)$kernel, model$blocks[[1]]$kernel)
  model$width <- 8
  expect_identical(model$width, 8)
  expect_error(model$last <- layer_dense(units = 1), "cannot be changed", class = "kestrel_error_argument")
  expect_equal(model$encode(x), x %*% model$blocks[[1]]$kernel, tolerance = 1e-12)
  expect_error(model$nonsense, class = "kestrel_error_argument")
  model$layers[[2]]$trainable <- FALSE
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  expect_length(model$trainable_weights, 4)
  before <- lapply(model$layers, get_weights)
  fit(model, x, x[, 1], epochs = 1, verbose = 0)
  after <- lapply(model$layers, get_weights)
  expect_identical(after[[2]], before[[2]])
  expect_false(identical(after[[1]], before[[1]]))
  expect_false(identical(after[[3]], before[[3]]))
  model$blocks[[1]]$trainable <- TRUE
  model %>% compile(loss = "mse", optimizer = optimizer_sgd(0.1))
  fit(model, x, x[, 1], epochs = 1, verbose = 0)
  expect_false(identical(get_weights(model$layers[[2]]), before[[2]]))
  expect_identical(kestrel:::state_fault(model), NULL)
})
