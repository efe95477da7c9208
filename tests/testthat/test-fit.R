# What the arguments of fit() mean.

xs1 <- c(-1, 0, 1)
ys1 <- c(-0.2445248, 0.1232554, 0.1713998)

# As scripts write it, one statement after the other.
founding_fit <- function(x, y, epochs, verbose, lr = 0.00001) {
  set.seed(4)
  model <- keras_model_sequential()
  model %>%
    layer_dense(10, input_shape = c(1)) %>%
    layer_dense(activation = "linear", units = 1)
  model %>% compile(loss = "mean_squared_error", optimizer = optimizer_adam(lr = lr))
  history <- model %>% fit(x, y, batch_size = 32, epochs = epochs, verbose = verbose)
  list(model = model, history = history)
}

test_that("the founding script prints its epochs", {
  expect_snapshot(run <- founding_fit(xs1, ys1, epochs = 3, verbose = 2))
  expect_snapshot(print(run$history))
})

test_that("vectors, matrices and data frames of one column are the same data", {
  forms <- list(
    list(xs1, ys1), list(as.matrix(xs1), as.matrix(ys1)), list(as.matrix(xs1), ys1),
    list(data.frame(x = xs1), data.frame(y = ys1)), list(xs1, data.frame(ys1)),
    list(array(xs1, 3), array(ys1, c(3, 1))), list(c(-1L, 0L, 1L), ys1)
  )
  runs <- lapply(forms, function(form) {
    run <- founding_fit(form[[1]], form[[2]], epochs = 50, verbose = 0)
    list(run$history$metrics, get_weights(run$model), predict(run$model, form[[1]]))
  })
  for (run in runs) expect_identical(run, runs[[1]])
})

test_that("the founding script ends at the floor of a straight line, by lm()", {
  # A larger rate would jump about the floor, where it ends being a matter of rounding.
  run <- founding_fit(xs1, ys1, epochs = 10000, verbose = 0, lr = 0.0001)
  line <- lm(ys1 ~ xs1)
  expect_near(tail(run$history$metrics$loss, 1), mean(residuals(line)^2), 1e-9)
  expect_near(predict(run$model, xs1), unname(fitted(line)), 1e-5)
  text <- capture.output(printed <- founding_fit(xs1, ys1, epochs = 10000, verbose = 2))
  expect_length(text, 20000)
  expect_identical(text[19999], "Epoch 10000/10000")
  expect_identical(sub("^ - [0-9]+s", "", text[20000]),
    sprintf(" - loss: %.4f", tail(printed$history$metrics$loss, 1)))
})

test_that("two fits are one longer fit, with the optimizer's state", {
  optimizers <- list(optimizer_sgd(0.01, momentum = 0.9), optimizer_adam(0.01), "rmsprop",
    optimizer_adam(learning_rate_schedule_exponential_decay(0.01, 10, 0.5)),
    optimizer_adagrad(0.1))
  for (optimizer in optimizers) {
    set.seed(5)
    whole <- trained_model(7, optimizer, dropout = FALSE, shuffle = FALSE)
    set.seed(5)
    parts <- trained_model(3, optimizer, dropout = FALSE, shuffle = FALSE)
    first <- parts$history$metrics
    parts %>% fit(wave_x(), wave_y(), epochs = 7, initial_epoch = 3, batch_size = 7,
      verbose = 0, shuffle = FALSE)
    expect_identical(get_weights(parts), get_weights(whole))
    expect_identical(environment(parts)$optimizer_state, environment(whole)$optimizer_state)
    expect_identical(Map(c, first, parts$history$metrics), unclass(whole$history$metrics))
  }
})

test_that("compile() starts the optimizer anew and leaves the weights", {
  set.seed(6)
  model <- trained_model(3, dropout = FALSE, shuffle = FALSE)
  weights <- get_weights(model)
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  expect_identical(get_weights(model), weights)
  expect_null(environment(model)$optimizer_state)
  fit(model, wave_x(), wave_y(), epochs = 1, verbose = 0)
  expect_identical(environment(model)$optimizer_state$iterations, 2)
})

test_that("epochs counts on from initial_epoch", {
  model <- small_model()
  fit_from <- function(initial, epochs, ...) {
    fit(model, small_x(), small_y(), initial_epoch = initial, epochs = epochs, ...)
  }
  expect_length(fit_from(0, 4, verbose = 0)$metrics$loss, 4)
  expect_length(fit_from(4, 4, verbose = 0)$metrics$loss, 0)
  expect_error(fit_from(5, 4), class = "kestrel_error_argument")
  seen <- c()
  fit_from(2, 4, verbose = 0,
    callbacks = callback_lambda(on_epoch_begin = function(epoch, logs) seen <<- c(seen, epoch)))
  expect_equal(seen, 2:3)
  text <- capture.output(fit_from(2, 4, verbose = 2))
  expect_identical(text[c(1, 3)], c("Epoch 3/4", "Epoch 4/4"))
  expect_length(fit(model, small_x(), small_y(), verbose = 0)$metrics$loss, 10)
  expect_length(fit_from(0, 0, verbose = 0)$metrics$loss, 0)
})

# The rows in the order of training, by their losses: the output stays 0 and y is the row's
# number, so the mean absolute error of a batch of one row is that number.
rows_seen <- function(n, epochs, ...) {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, use_bias = FALSE, kernel_initializer = "zeros")
  model %>% compile(loss = "mae", optimizer = optimizer_sgd(1e-3))
  seen <- list()
  sum <- 0
  record <- function(batch, logs) {
    now <- logs$loss * (batch + 1)
    seen[[length(seen) + 1]] <<- now - sum * (batch > 0)
    sum <<- now
  }
  fit(model, rep(0, n), seq_len(n), epochs = epochs, batch_size = 1, verbose = 0,
    callbacks = callback_lambda(on_train_batch_end = record), ...)
  matrix(round(unlist(seen), 6), ncol = epochs)
}

test_that("shuffling uses every row once in each epoch, in new orders", {
  set.seed(7)
  rows <- rows_seen(50, 4)
  expect_equal(apply(rows, 2, sort), matrix(1:50, 50, 4))
  expect_identical(anyDuplicated(t(rows)), 0L)
  expect_lt(max(abs(cor(cbind(1:50, rows))[upper.tri(diag(5))])), 0.6)
  expect_equal(rows_seen(50, 2, shuffle = FALSE), matrix(1:50, 50, 2))
})

test_that("every order of three rows comes equally often", {
  set.seed(8)
  orders <- apply(rows_seen(3, 1200), 2, paste, collapse = "")
  counts <- table(factor(orders, c("123", "132", "213", "231", "312", "321")))
  expect_gt(chisq.test(counts)$p.value, 1e-4)
})

test_that("shuffle = \"batch\" keeps rows together and the short batch last", {
  model <- keras_model_sequential(input_shape = 1) %>%
    layer_dense(1, use_bias = FALSE, kernel_initializer = "zeros")
  model %>% compile(loss = "mae", optimizer = optimizer_sgd(1e-3))
  seen <- c()
  begun <- 0
  record <- function(batch, logs) {
    rows <- min(3 * (batch + 1), 11)
    total <- logs$loss * rows
    seen <<- c(seen, total - begun * (batch > 0))
    begun <<- total
  }
  set.seed(9)
  fit(model, rep(0, 11), 1:11, epochs = 20, batch_size = 3, verbose = 0, shuffle = "batch",
    callbacks = callback_lambda(on_train_batch_end = record))
  sums <- matrix(round(seen, 6), 4)
  expect_equal(sums[4, ], rep(21, 20))
  expect_equal(apply(sums[1:3, ], 2, sort), matrix(c(6, 15, 24), 3, 20))
  expect_gt(nrow(unique(t(sums))), 2)
})

test_that("set.seed() decides weights, shuffle and dropout, in any process", {
  run <- function(seed) {
    set.seed(seed)
    model <- trained_model(4)
    list(get_weights(model), model$history$metrics, predict(model, wave_x()), runif(1))
  }
  here <- run(10)
  expect_identical(run(10), here)
  other <- run(11)
  expect_false(identical(other[[1]], here[[1]]))
  # A new process has neither this one's functions nor its random numbers.
  functions <- list(run = run, trained_model = trained_model, wave_x = wave_x, wave_y = wave_y)
  there <- in_process(function(functions) {
    for (name in names(functions)) {
      f <- functions[[name]]
      environment(f) <- globalenv()
      assign(name, f, envir = globalenv())
    }
    get("run")(10)
  }, lapply(functions, `environment<-`, globalenv()))
  expect_identical(there, here)
})

test_that("shuffle and dropout are drawn anew by each fit()", {
  set.seed(12)
  model <- trained_model(1)
  first <- environment(model)$history$metrics$loss
  weights <- get_weights(model)
  again <- lapply(1:2, function(i) {
    set_weights(model, weights)
    compile(model, loss = "mse", optimizer = "sgd")
    fit(model, wave_x(), wave_y(), epochs = 1, batch_size = 7, verbose = 0)$metrics$loss
  })
  expect_false(again[[1]] == again[[2]])
})

test_that("steps_per_epoch makes shorter epochs that go on through the rows", {
  twenty <- function(...) {
    set.seed(14)
    model <- trained_model(0, dropout = FALSE)
    fit(model, wave_x(), wave_y(), batch_size = 4, shuffle = FALSE, verbose = 0, ...)
    model
  }
  long <- twenty(epochs = 2)
  short <- twenty(epochs = 5, steps_per_epoch = 4)
  expect_identical(get_weights(short), get_weights(long))
  expect_length(short$history$metrics$loss, 5)
  expect_identical(short$history$params$steps, 4L)
  expect_near(mean(short$history$metrics$loss), mean(long$history$metrics$loss), 1e-12)
  over <- twenty(epochs = 1, steps_per_epoch = 20)
  expect_identical(get_weights(over), get_weights(long))
})

test_that("validation_freq chooses the epochs, validation_steps the batches", {
  set.seed(15)
  model <- small_model()
  xv <- small_x(9)
  yv <- small_y(9)
  fit_with <- function(...) {
    fit(model, small_x(), small_y(), epochs = 6, validation_data = list(xv, yv), verbose = 0, ...)
  }
  epochs_of <- function(history) {
    frame <- as.data.frame(history)
    frame$epoch[frame$data == "validation" & !is.na(frame$value)]
  }
  expect_equal(epochs_of(fit_with()), 1:6)
  expect_equal(epochs_of(fit_with(validation_freq = 2)), c(2, 4, 6))
  expect_equal(epochs_of(fit_with(validation_freq = c(1, 5))), c(1, 5))
  some <- fit_with(validation_steps = 2, validation_batch_size = 3)
  last <- evaluate(model, xv[1:6, ], yv[1:6], verbose = 0)
  expect_near(tail(some$metrics$val_loss, 1), last[["loss"]], 1e-14)
  all <- fit_with(validation_batch_size = 2)
  expect_near(tail(all$metrics$val_loss, 1), evaluate(model, xv, yv, verbose = 0)[["loss"]], 1e-14)
})

test_that("the history tells of the run", {
  model <- small_model(metrics = "mae")
  history <- fit(model, small_x(), small_y(), epochs = 3, batch_size = 4, verbose = 0,
    validation_split = 0.5)
  expect_named(history$metrics, c("loss", "mae", "val_loss", "val_mae"))
  expect_identical(history$params[c("epochs", "steps", "samples", "batch_size", "verbose")],
    list(epochs = 3L, steps = 1L, samples = 3L, batch_size = 4L, verbose = 0L))
  expect_identical(history$params$validation_samples, 3L)
  expect_identical(model$history, history)
  expect_invisible(fit(model, small_x(), small_y(), epochs = 1, verbose = 0))
})

test_that("frozen layers keep their weights, others train", {
  model <- small_model()
  compile_again(freeze_weights(model, to = 1))
  before <- get_weights(model)
  fit(model, small_x(), small_y(), epochs = 3, verbose = 0)
  after <- get_weights(model)
  expect_identical(after[1:2], before[1:2])
  expect_false(identical(after[3:4], before[3:4]))
  compile_again(unfreeze_weights(model))
  fit(model, small_x(), small_y(), epochs = 1, verbose = 0)
  expect_false(identical(get_weights(model)[1:2], before[1:2]))
})

test_that("data are never changed", {
  x <- small_x()
  y <- small_y()
  weight <- runif(6)
  same <- serialize(list(x, y, weight), NULL)
  fit(small_model(), x, y, sample_weight = weight, epochs = 2, verbose = 0)
  expect_identical(serialize(list(x, y, weight), NULL), same)
})

test_that("a model of frozen layers is told", {
  model <- small_model()
  compile_again(freeze_weights(model))
  before <- get_weights(model)
  expect_warning(fit(model, small_x(), small_y(), epochs = 1, verbose = 0),
    "All layers are frozen", class = "kestrel_warning_frozen")
  expect_identical(get_weights(model), before)
  compile_again(freeze_weights(model, to = 1))
  expect_no_warning(fit(model, small_x(), small_y(), epochs = 1, verbose = 0))
  bare <- keras_model_sequential(input_shape = 4) %>% layer_activation("relu")
  compile(bare, loss = "mse", optimizer = "sgd")
  expect_no_warning(fit(bare, small_x(), small_x(), epochs = 1, verbose = 0))
})

test_that("validation_freq beyond what R counts to is refused", {
  model <- small_model()
  for (bad in list(1e10, c(1, 1e10))) {
    expect_refused(fit(model, small_x(), small_y(), validation_freq = bad), "argument",
      "validation_freq", model)
  }
})

test_that("numbers of steps that are quotients lose their part, as in R keras", {
  histories <- lapply(c(2, 2.9), function(steps) {
    set.seed(3)
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
    model %>% compile(loss = "mse", optimizer = "sgd")
    set.seed(1)
    fit(model, wave_x(), wave_y(), batch_size = 8, epochs = 2, verbose = 0,
      steps_per_epoch = steps, validation_steps = steps, validation_data = list(wave_x(), wave_y()))
  })
  expect_identical(histories[[1]]$metrics, histories[[2]]$metrics)
  set.seed(3)
    model <- keras_model_sequential(input_shape = 4) %>% layer_dense(2)
  model %>% compile(loss = "mse", optimizer = "sgd")
  expect_identical(predict(model, wave_x(), steps = 1.5), predict(model, wave_x(), steps = 1))
  expect_error(fit(model, wave_x(), wave_y(), steps_per_epoch = 0.5), "less than one batch",
    class = "kestrel_error_argument")
})
