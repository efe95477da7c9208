# The loss of an autoencoder with a divergence: as one function that reads tensors of the model, and as
# a loss of the outputs and a term of the model, which is tested elsewhere.

coding_model <- function(way, weight = 1, wrap = identity) {
  set.seed(3)
  input <- layer_input(3)
  h <- layer_dense(input, 5, activation = "tanh")
  z_mean <- layer_dense(h, 2)
  z_log_var <- layer_dense(h, 2)
  z <- layer_lambda(list(z_mean, z_log_var), function(z) z[[1]] + 0.3 * k_exp(z[[2]] / 2))
  model <- keras_model(input, layer_dense(z, 3, activation = "sigmoid"))
  set_weights(model, lapply(get_weights(model), function(w) array(cos(seq_along(w)), dim(w))))
  loss <- ways[[way]](model, z_mean, z_log_var)
  model %>% compile(loss = wrap(loss), loss_weights = weight, optimizer = optimizer_adam(0.02), metrics = "mae")
  model
}

divergence <- function(m, s) -0.5 * k_mean(1 + s - k_square(m) - k_exp(s), axis = -1L)

ways <- list(
  term = function(model, z_mean, z_log_var) {
    model$add_loss(divergence(z_mean, z_log_var))
    function(y_true, y_pred) 3 * loss_binary_crossentropy(y_true, y_pred)
  },
  inside = function(model, z_mean, z_log_var) {
    function(y_true, y_pred) {
      xent_loss <- 3 * loss_binary_crossentropy(y_true, y_pred)
      kl_loss <- -0.5 * k_mean(1 + z_log_var - k_square(z_mean) - k_exp(z_log_var), axis = -1L)
      xent_loss + kl_loss
    }
  },
  helper = function(model, z_mean, z_log_var) {
    kl <- function() divergence(z_mean, z_log_var)
    function(y_true, y_pred) 3 * loss_binary_crossentropy(y_true, y_pred) + kl()
  },
  list = function(model, z_mean, z_log_var) {
    code <- list(mean = z_mean, both = list(1, z_log_var))
    function(y_true, y_pred, s = code$both[[2]]) {
      3 * loss_binary_crossentropy(y_true, y_pred) + divergence(code$mean, s)
    }
  },
  outside = function(model, z_mean, z_log_var) {
    kl <- divergence(z_mean, z_log_var)
    function(y_true, y_pred) 3 * loss_binary_crossentropy(y_true, y_pred) + kl
  },
  whole = function(model, z_mean, z_log_var) {
    kl <- k_mean(divergence(z_mean, z_log_var))
    function(y_true, y_pred) k_mean(3 * loss_binary_crossentropy(y_true, y_pred)) + kl
  },
  model = function(model, z_mean, z_log_var) {
    coded <- keras_model(model$inputs, list(z_mean, z_log_var))(model$inputs)
    function(y_true, y_pred) {
      3 * loss_binary_crossentropy(y_true, y_pred) + divergence(coded[[1]], coded[[2]])
    }
  }
)

codes <- function() {
  set.seed(1)
  matrix(runif(60), 20)
}

test_that("a loss that reads tensors trains as the loss and a term of the model do", {
  x <- codes()
  w <- runif(20)
  expected <- all_results(coding_model("term"), x, x, NULL)
  for (way in names(ways)[-1]) {
    expect_equal(all_results(coding_model(way), x, x, NULL), expected, tolerance = 1e-9, info = way)
  }
  expect_equal(all_results(coding_model("helper"), x, x, w), all_results(coding_model("inside"), x, x, w))
})

test_that("its gradient, with weights of samples and of the loss, is that of differences", {
  x <- codes()
  weight <- seq(0.2, 2, length.out = 20)
  model <- coding_model("inside", weight = 0.7)
  given <- unlist(with_gradient(model, x, x, weight)$gradients)
  w <- get_weights(model)
  loss_at <- function(flat) {
    set_weights(model, kestrel:::apart(flat, w))
    evaluate(model, x, x, sample_weight = weight, verbose = 0)[["loss"]]
  }
  by_differences <- vapply(seq_along(unlist(w)), function(i) {
    h <- replace(0 * unlist(w), i, 1e-5)
    (loss_at(unlist(w) + h) - loss_at(unlist(w) - h)) / 2e-5
  }, 0)
  expect_equal(given, by_differences, tolerance = 1e-8)
})

test_that("its value is that of its formula", {
  x <- codes()
  set.seed(4)
  input <- layer_input(3)
  code <- layer_dense(input, 2)
  model <- keras_model(input, layer_dense(code, 3))
  model %>% compile(optimizer = "sgd", loss = function(y_true, y_pred) {
    rowMeans((y_true - y_pred)^2) + 0.1 * rowSums(abs(code))
  }, metrics = list(size = function(y_true, y_pred) rowSums(abs(code)), largest = function(y_true, y_pred) max(code)))
  z <- predict(keras_model(input, code), x)
  score <- evaluate(model, x, x, batch_size = 20, verbose = 0)
  expect_equal(score[["loss"]], mean((x - predict(model, x))^2) + 0.1 * mean(rowSums(abs(z))), tolerance = 1e-12)
  expect_equal(score[["size"]], mean(rowSums(abs(z))), tolerance = 1e-12)
  expect_equal(score[["largest"]], max(z), tolerance = 1e-12)
  expect_equal(train_on_batch(model, x, x)[2:3], unname(score)[2:3], tolerance = 1e-12)
})

test_that("metrics alone read tensors, too", {
  x <- codes()
  set.seed(4)
  input <- layer_input(3)
  code <- layer_dense(input, 2, activation = "relu")
  model <- keras_model(input, layer_dense(code, 3))
  twice <- 2 * code
  model %>% compile(optimizer = "sgd", loss = "mse", metrics = list(
    active = function(y_true, y_pred) rowMeans(code > 0), twice = function(y_true, y_pred) rowSums(twice)
  ))
  z <- predict(keras_model(input, code), x)
  score <- evaluate(model, x, x, batch_size = 6, verbose = 0)
  expect_equal(score[["active"]], mean(z > 0), tolerance = 1e-12)
  expect_equal(score[["twice"]], 2 * mean(rowSums(z)), tolerance = 1e-12)
  h <- fit(model, x, x, epochs = 2, batch_size = 5, validation_data = list(x, x), verbose = 0)
  expect_equal(h$metrics$val_active[2], mean(predict(keras_model(input, code), x) > 0), tolerance = 1e-12)
})

test_that("stacks of layers, several outputs and frozen layers do as well", {
  x <- codes()
  stack <- keras_model_sequential(input_shape = 3) %>%
    layer_dense(4, activation = "tanh") %>% layer_dense(3)
  hidden <- stack$layers[[1]]$output
  stack %>% compile("sgd", function(y_true, y_pred) rowMeans((y_true - y_pred)^2) + rowSums(hidden^2))
  h <- predict(keras_model(stack$input, hidden), x)
  expected <- mean((x - predict(stack, x))^2) + mean(rowSums(h^2))
  expect_equal(evaluate(stack, x, x, verbose = 0)[["loss"]], expected, tolerance = 1e-12)

  input <- layer_input(3)
  a <- layer_dense(input, 2)
  b <- layer_dense(a, 1)
  both <- keras_model(input, list(a = a, b = b))
  spread <- function(y_true, y_pred) k_mean(k_square(y_true - y_pred) + k_square(b), axis = -1)
  both %>% compile("sgd", list(a = spread, b = "mse"), loss_weights = list(a = 2, b = 0.5))
  y <- predict(both, x)
  score <- evaluate(both, x, list(a = 0 * x[, 1:2], b = x[, 3]), verbose = 0)
  expect_equal(score[["a_loss"]], mean(y$a^2) + mean(y$b^2), tolerance = 1e-12)
  expect_equal(score[["loss"]], 2 * score[["a_loss"]] + 0.5 * score[["b_loss"]], tolerance = 1e-12)

  freeze_weights(both)
  unfreeze_weights(both, from = 3)
  both %>% compile("sgd", list(a = spread, b = "mse"))
  before <- get_weights(both)
  fit(both, x, list(a = 0 * x[, 1:2], b = x[, 3]), epochs = 1, verbose = 0)
  expect_identical(vapply(1:4, function(i) identical(get_weights(both)[[i]], before[[i]]), NA), rep(c(TRUE, FALSE), each = 2))
})

test_that("the model is as it was for all else, and is trained on after it was saved", {
  x <- codes()
  model <- coding_model("inside")
  expect_length(model$layers, 6)
  fit(model, x, x, epochs = 1, verbose = 0)
  expect_length(model$layers, 6)
  file <- withr::local_tempfile()
  saveRDS(model, file)
  again <- readRDS(file)
  expect_equal(evaluate(again, x, x, verbose = 0), evaluate(model, x, x, verbose = 0))
  fit(again, x, x, epochs = 1, shuffle = FALSE, verbose = 0)
  fit(model, x, x, epochs = 1, shuffle = FALSE, verbose = 0)
  expect_equal(get_weights(again), get_weights(model), tolerance = 1e-12)
})

test_that("tensors of other inputs or weights have no numbers, and the error says so", {
  input <- layer_input(3)
  model <- keras_model(input, layer_dense(input, 3))
  other <- layer_dense(layer_input(2), 2)
  more <- layer_dense(input, 2)
  for (tensor in list(other, more)) {
    model %>% compile("sgd", function(y_true, y_pred) rowMeans((y_true - y_pred)^2) + rowSums(tensor))
    error <- refused_fit(model, codes(), codes(), "kestrel_error_loss")
    expect_match(conditionMessage(error), "another input, or layers with weights that it has not", fixed = TRUE)
  }
})

test_that("a symbolic tensor of elsewhere does not meet numbers", {
  input <- layer_input(3)
  model <- keras_model(input, layer_dense(input, 3))
  other <- layer_input(3)
  model %>% compile("sgd", function(y_true, y_pred) k_square(y_true - y_pred) + other)
  expect_match(conditionMessage(refused_fit(model, codes(), codes(), "kestrel_error_loss")),
    "meets a symbolic tensor.*another input")
})

test_that("add_metric() logs the mean of a tensor", {
  x <- codes()
  set.seed(4)
  input <- layer_input(3)
  code <- layer_dense(input, 2)
  model <- keras_model(input, layer_dense(code, 3))
  expect_identical(model$add_metric(k_sum(k_abs(code), axis = -1), name = "size", aggregation = "mean"), model)
  model %>% compile("sgd", "mse", metrics = "mae")
  expect_identical(model$metrics_names, c("loss", "mae", "size"))
  z <- predict(keras_model(input, code), x)
  expect_equal(evaluate(model, x, x, batch_size = 6, verbose = 0)[["size"]], mean(rowSums(abs(z))), tolerance = 1e-12)
  expect_length(fit(model, x, x, epochs = 2, validation_split = 0.5, verbose = 0)$metrics$val_size, 2)
  expect_error(model$add_metric(3), "tensor", class = "kestrel_error_argument")
  expect_error(model$add_metric(layer_input(3)), "of this model", class = "kestrel_error_argument")
  file <- withr::local_tempfile()
  saveRDS(model, file)
  expect_equal(evaluate(readRDS(file), x, x, verbose = 0), evaluate(model, x, x, verbose = 0))
})

test_that("a metric of a function is a loss, too", {
  x <- codes()
  both <- lapply(1:2, function(i) coding_model("inside", wrap = if (i == 1) identity else function(f) custom_metric("vae", f)))
  expect_equal(all_results(both[[2]], x, x, NULL), all_results(both[[1]], x, x, NULL))
})

test_that("arguments of a loss hide tensors of the same name", {
  x <- layer_input(3)
  x_decoded <- layer_dense(x, 3)
  model <- keras_model(x, x_decoded)
  model %>% compile("sgd", function(x, x_decoded) rowMeans((x - x_decoded)^2))
  expect_equal(evaluate(model, codes(), codes(), verbose = 0)[["loss"]],
    mean((codes() - predict(model, codes()))^2), tolerance = 1e-12)
})

test_that("diagnose() knows the value of such a loss", {
  x <- codes()
  model <- coding_model("inside")
  d <- diagnose(model, x, x)
  expect_equal(attr(d, "case")$loss, evaluate(model, x, x, verbose = 0)[["loss"]], tolerance = 1e-10)
  expect_output(print(d), "loss")

  input <- layer_input(3)
  a <- layer_dense(input, 2, name = "a")
  both <- keras_model(input, list(a = a, b = layer_dense(a, 1, name = "b")))
  reading <- function(y_true, y_pred) k_mean(k_square(y_true - y_pred), axis = -1) + k_mean(k_square(a), axis = -1)
  both %>% compile("sgd", list(a = "mse", b = reading))
  expect_error(print(diagnose(both, x, list(a = x[, 1:2], b = x[, 3]))), "\"b\" reads tensors",
    class = "kestrel_error_state")
})
