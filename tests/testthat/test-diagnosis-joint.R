set.seed(21)
n <- 40
a <- matrix(rnorm(2 * n), n)
b <- matrix(rnorm(3 * n), n)
y <- as.vector(a %*% c(1, -1) + sin(3 * b[, 1]))
codes <- sample(0:3, n, TRUE)

trained <- function(model, x, y, loss = "mse", epochs = 2, rate = 0.05, ...) {
  suppressWarnings(compile(model, loss = loss, optimizer = optimizer_adam(rate), ...))
  fit(model, x, y, epochs = epochs, batch_size = n, verbose = 0)
  model
}

two_outputs <- function(last = c("linear", "linear"), hidden = "tanh", bias = "zeros") {
  input <- layer_input(2)
  code <- layer_dense(input, 8, hidden, name = "code", bias_initializer = if (is.numeric(bias)) {
    initializer_constant(bias)
  } else {
    bias
  })
  keras_model(input, list(layer_dense(code, 1, last[1], name = "p"), layer_dense(code, 1, last[2], name = "q")))
}

fault_ids <- function(d) d$id[d$severity == "fault" & d$confidence != "LIKELY"]

test_that("several inputs of linear layers collapse like one", {
  inputs <- list(layer_input(2), layer_input(3))
  model <- keras_model(inputs, layer_concatenate(inputs) %>% layer_dense(6) %>% layer_dense(1))
  model <- trained(model, list(a, b), y, epochs = 300)
  before <- get_weights(model)
  d <- diagnose(model, list(a, b), y, verify = TRUE)
  expect_length(attr(d, "failed"), 0)
  expect_equal(d$id[1], "S1")
  expect_true(d$verified[1])
  floor <- attr(d, "findings")[[1]]$certificate$values$floor
  expect_equal(floor, mean(lm(y ~ a + b)$residuals^2), tolerance = 1e-10)
  expect_gt(try_fix(d, 1, 1)$closed, 0.5)
  expect_identical(get_weights(model), before)
  other <- trained(keras_model(inputs, layer_concatenate(inputs) %>% layer_dense(6, "tanh") %>% layer_dense(1)),
    list(a, b), y, epochs = 500)
  expect_false(has_problem(diagnose(other, list(a, b), y), "proven"))
})

test_that("the loss and its rungs are sums over outputs", {
  model <- trained(two_outputs(), a, list(y, 3 * y), loss_weights = list(2, 0.5))
  d <- diagnose(model, a, list(y, 3 * y))
  case <- attr(d, "case")
  expect_length(attr(d, "failed"), 0)
  expect_equal(case$loss, evaluate(model, a, list(y, 3 * y), verbose = 0)[["loss"]], tolerance = 1e-6)
  constant <- 2 * mean((y - mean(y))^2) + 0.5 * 9 * mean((y - mean(y))^2)
  expect_equal(case$constant_loss, constant)
  expect_equal(case$affine_loss, (2 + 4.5) * mean(lm(y ~ a)$residuals^2))
  expect_equal(score_prediction(case, case$prediction), case$loss)
  expect_equal(vapply(case$views, function(view) view$units, 0L), c(p = 1L, q = 1L))
  expect_equal(case$views$q$loss, 0.5 * mean((3 * y - predict(model, a)[[2]])^2), tolerance = 1e-6)
})

test_that("the least value of two equal losses is twice that of one", {
  model <- trained(two_outputs(c("sigmoid", "sigmoid")), a, list(codes > 1, codes > 2), "binary_crossentropy")
  d <- diagnose(model, a, list(codes > 1, codes > 2))
  expect_length(attr(d, "failed"), 0)
  expect_identical(lowest_value(attr(d, "case")), 0)
  d <- suppressWarnings(diagnose(model, a, list(codes, codes > 2)))
  expect_identical(lowest_value(attr(d, "case")), -Inf)
})

test_that("what is wrong with one output is found there, as a share of the whole", {
  model <- trained(two_outputs(c("linear", "sigmoid")), a, list(y, y + 5))
  d <- diagnose(model, a, list(y, y + 5), verify = TRUE)
  at <- match("L1", d$id)
  expect_match(d$evidence[at], "Output \"q\": The last layer ends in sigmoid")
  expect_true(d$verified[at])
  case <- attr(d, "case")
  floor <- mean(pmax(y + 5 - 1, -(y + 5), 0)^2)
  expect_equal(d$explains[at], floor / case$loss, tolerance = 1e-6)
  trial <- try_fix(d, at, 0.5)
  expect_gt(trial$closed, 0.5)
  expect_equal(trial$before, case$views$q$loss)
  expect_length(output_names(trial$model), 1)
  expect_equal(sum(d$id == "L1"), 1)
})

test_that("dead units are those of the whole, and the remedy is tried on it", {
  model <- trained(two_outputs(hidden = "relu", bias = -100), a, list(y, -y))
  d <- diagnose(model, a, list(y, -y), verify = TRUE)
  at <- match("U1", d$id)
  expect_match(d$evidence[at], "8 of 8 units are off")
  expect_true(d$verified[at])
  trial <- try_fix(d, at, 0.5)
  expect_gt(trial$closed, 0.5)
  expect_length(output_names(trial$model), 2)
})

test_that("a unit of a shared layer is dead when it is so in all calls", {
  inputs <- list(layer_input(1), layer_input(1))
  shared <- layer_dense(units = 2, activation = "relu", name = "both")
  model <- keras_model(inputs, layer_add(list(shared(inputs[[1]]), shared(inputs[[2]]))) %>% layer_dense(1))
  set_weights(model, list(matrix(c(1, -1), 1), c(0, -10), matrix(1, 2, 1), 0))
  up <- matrix(seq(0.1, 4, length.out = n))
  compile(model, loss = "mse")
  d <- diagnose(model, list(up, -up), up, checks = "U1")
  expect_match(d$evidence, "1 of 2 units are off")
  expect_match(d$evidence, "both")
  expect_length(diagnose(model, list(up, -20 * up), up, checks = "U1")$id, 0)
})

test_that("models that have learnt what they can are without faults", {
  target <- list(sin(a[, 1]), cos(a[, 2]))
  model <- trained(two_outputs(), a, target, epochs = 800)
  d <- diagnose(model, a, target)
  expect_length(attr(d, "failed"), 0)
  expect_equal(fault_ids(d), character())
  expect_match(paste(format(d), collapse = "\n"), "No problem found")
})

test_that("no kind of model that fit() trains is refused", {
  inputs <- list(layer_input(1, name = "code"), layer_input(2, name = "number"))
  first <- inputs[[1]] %>% layer_embedding(4, 3) %>% layer_flatten()
  shared <- layer_dense(units = 3, activation = "relu")
  joined <- layer_concatenate(list(first, shared(inputs[[2]]), shared(layer_dense(inputs[[2]], 2))))
  class <- layer_dense(joined, 3, "softmax", name = "class")
  number <- layer_dense(joined, 1, name = "number_out")
  own <- layer_lambda(joined, function(x) x^2) %>% layer_dense(1, activation = function(x) 2 * x, name = "own")
  x <- list(code = codes, number = a)
  kinds <- list(
    list(number, "mse", y),
    list(list(class, number), list("sparse_categorical_crossentropy", "mae"), list(codes %% 3, y)),
    list(list(class, own), list("sparse_categorical_crossentropy", "mse"), list(codes %% 3, y)),
    list(list(number, class), list(number_out = "mse"), list(number_out = y)),
    list(list(number, own), list("mse", function(y_true, y_pred) abs(y_true - y_pred)), list(y, y))
  )
  for (kind in kinds) {
    look <- callback_diagnose(every = 1)
    model <- keras_model(inputs, kind[[1]])
    suppressWarnings(compile(model, loss = kind[[2]], optimizer = "adam"))
    suppressMessages(fit(model, x, kind[[3]], epochs = 2, verbose = 0, callbacks = look))
    expect_s3_class(look$diagnosis, "nn_diagnosis")
    for (d in list(diagnose(model, x, kind[[3]], level = "full", budget = 0.1), diagnose(model))) {
      expect_length(attr(d, "failed"), 0)
      expect_type(format(d), "character")
      for (i in seq_len(nrow(d))) {
        expect_false(isFALSE(as.logical(verify_finding(d, i))))
        if (!is.null(attr(d, "findings")[[i]]$fix) && has_data(attr(d, "case"))) {
          expect_s3_class(try_fix(d, i, 0.01), "nn_trial")
        }
      }
    }
  }
})

test_that("checks that make no sense are said not to apply", {
  model <- trained(two_outputs(), a, list(y, y))
  outcome <- summary(diagnose(model, a, list(y, y)))
  expect_equal(outcome$outcome[match(c("O2", "S5", "D9"), outcome$id)], rep("does not apply", 3))
  expect_match(utils::tail(format(diagnose(model, a, list(y, y))), 1), "need a chain of dense layers")
})

test_that("data that fit() refuses are a finding, whose output is named", {
  model <- trained(two_outputs(), a, list(y, y))
  d <- diagnose(model, a, list(y, c(NA, y[-1])))
  expect_match(d$evidence[match("D3", d$id)], "y[[2]]", fixed = TRUE)
  expect_error(diagnose(model, a, list(y, y[-1])), class = "kestrel_error_shape")
})

test_that("sample weights, validation rows and names go along", {
  w <- runif(n)
  model <- trained(two_outputs(), a, list(y, y))
  d <- diagnose(model, a, list(q = 2 * y, p = y), sample_weight = list(p = w),
    validation_data = list(a, list(y, 2 * y)))
  p <- predict(model, a)
  loss <- mean(w * (y - p[[1]])^2) + mean((2 * y - p[[2]])^2)
  expect_equal(attr(d, "case")$loss, loss, tolerance = 1e-6)
  expect_true("G3" %in% d$id)
})

test_that("pictures are drawn of several outputs", {
  skip_if_not_installed("ggplot2")
  model <- trained(two_outputs(), a, list(y, y))
  d <- diagnose(model, a, list(y, y))
  for (which in c("ladder", "fit", "units", "gradients", "spectrum", "surface")) {
    expect_s3_class(plot(d, which = which), "ggplot")
  }
  expect_equal(levels(agreement_rows(attr(d, "case"))$output), c("p", "q"))
})

test_that("where masks leave steps out of the loss, the others are looked at", {
  model <- keras_model_sequential() %>%
    layer_embedding(5, 3, mask_zero = TRUE, input_length = 4) %>%
    layer_dense(2, "softmax")
  compile(model, loss = "sparse_categorical_crossentropy", optimizer = "adam")
  steps <- matrix(sample(0:4, 40, TRUE), 10)
  target <- steps %% 2
  look <- callback_diagnose(every = 1)
  fit(model, steps, target, epochs = 2, verbose = 0, callbacks = look)
  d <- diagnose(model, steps, target)
  expect_length(attr(d, "failed"), 0)
  expect_match(format(d)[1], sprintf("%d of 40 steps", sum(steps > 0)))
  expect_error(diagnose(model, steps, target[-1, ]), class = "kestrel_error_shape")
  floor <- loss_floor(model, steps, target)
  expect_equal(c(floor), 0, ignore_attr = TRUE)
  expect_match(attr(floor, "notes"), "Masks leave [0-9]+ of 40 steps out", all = FALSE)
  expect_certified(floor, model, steps, target)
  expect_true("current" %in% as.data.frame(loss_ladder(model, steps, target))$rung)
})

test_that("masks that end before the output change nothing", {
  model <- keras_model_sequential() %>%
    layer_embedding(5, 3, mask_zero = TRUE, input_length = 4) %>%
    layer_global_average_pooling_1d() %>%
    layer_dense(1)
  steps <- matrix(rep(c(1:4, 0, 0, 1, 2), 5), 10, byrow = TRUE)
  target <- as.numeric(1:10)
  model <- trained(model, steps, target)
  d <- diagnose(model, steps, target, verify = TRUE)
  expect_length(attr(d, "failed"), 0)
  expect_true(d$verified[d$id == "D1"])
  cells <- mean(residuals(lm(target ~ rep(1:2, 5)))^2)
  expect_equal(c(loss_floor(model, steps, target)), cells, ignore_attr = TRUE, tolerance = 1e-10)
})

test_that("views of a model with metrics and a trained optimizer are whole models", {
  input <- layer_input(2)
  hidden <- input %>% layer_dense(4, "tanh")
  model <- keras_model(input, list(layer_dense(hidden, 1, name = "p"), layer_dense(hidden, 1, "sigmoid", name = "q")))
  compile(model, loss = list("mse", "binary_crossentropy"), optimizer = "adam",
    metrics = list(p = "mae", q = c("accuracy", "auc")))
  fit(model, plane$x, list(plane$curved, plane$class), epochs = 3, verbose = 0)
  for (view in attr(diagnose(model, plane$x, list(plane$curved, plane$class)), "case")$views) {
    expect_length(evaluate(view$model, view$x, view$y, verbose = 0), 1 + length(view$compiled$metrics))
    expect_identical(model_state(view$model)$optimizer_state$iterations, 6)
  }
})

test_that("remedies of several outputs are tried by steps of all rows", {
  set.seed(51)
  input <- layer_input(2)
  hidden <- input %>% layer_dense(5, "relu", bias_initializer = initializer_constant(-50))
  model <- keras_model(input, list(layer_dense(hidden, 1, name = "p"), layer_dense(hidden, 2, name = "q")))
  compile(model, loss = "mse", loss_weights = c(1, 3), optimizer = optimizer_adam(0.01))
  y <- list(plane$curved, cbind(plane$class, plane$curved^2))
  d <- diagnose(model, plane$x, y)
  expect_true("U1" %in% d$id)
  trial <- new_trial(attr(d, "case"))
  copy <- trial_model(remedies$hidden_activation(trial, list(to = "tanh"), attr(d, "case")), attr(d, "case"))
  expect_identical(whole_optimizer(copy, trial)$name, "levenberg_marquardt")
  before <- get_weights(model)
  tried <- try_fix(d, "U1", seconds = 60)
  expect_gt(tried$closed, 0.5)
  expect_equal(tried$after, evaluate(tried$model, plane$x, y, verbose = 0)[["loss"]], tolerance = 1e-8)
  expect_identical(get_weights(model), before)
  trial$loss[[2]] <- as_loss("mae")
  expect_identical(whole_optimizer(copy, trial)$name, "lbfgs")
  lines <- ladder_lines(d, 100)
  expect_match(lines[2], '^ +"p": .*constant')
  expect_match(lines, '^ +"q": ', all = FALSE)
})
