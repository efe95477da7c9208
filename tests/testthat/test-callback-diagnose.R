linear_model <- function() {
  withr::local_seed(1)
  model <- keras_model_sequential(input_shape = 2) %>% layer_dense(4) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.1))
  model
}

test_that("a fault is told once, and the diagnosis kept", {
  look <- callback_diagnose(every = 20)
  said <- testthat::capture_messages(
    linear_model() %>% fit(plane$x, plane$curved, epochs = 100, verbose = 0, callbacks = look)
  )
  expect_identical(sum(grepl("Linear collapse", said)), 1L)
  expect_s3_class(look$diagnosis, "nn_diagnosis")
})

test_that("training stops where it is proven to be of no use", {
  local_function("may_look", function(self, first) TRUE)
  look <- callback_diagnose(action = "stop")
  suppressMessages(history <- linear_model() %>% fit(plane$x, plane$curved, epochs = 3000, verbose = 0, callbacks = look))
  expect_lt(length(history$metrics$loss), 1000)
  expect_true(is_hopeless(look$diagnosis))
})

test_that("healthy training is not disturbed", {
  weights <- function(...) {
    withr::with_seed(2, {
      model <- net(2, c(8, 1), c("tanh", "linear"), epochs = 120, x = plane$x, y = plane$curved, ...)
      unlist(get_weights(model))
    })
  }
  expect_silent(with <- weights(callbacks = callback_diagnose(every = 30)))
  expect_identical(with, weights())
})

test_that("rows and weights are those trained on", {
  look <- callback_diagnose(every = 1)
  suppressMessages(net(2, c(4, 1), c("tanh", "linear"), epochs = 1, x = plane$x, y = plane$curved, validation_split = 0.5,
    sample_weight = seq_len(60), callbacks = look))
  case <- attr(look$diagnosis, "case")
  expect_identical(case$x, plane$x[1:30, ])
  expect_equal(as.vector(case$weight), as.double(1:30))
})

test_that("nothing is left of the run", {
  model <- net(2, c(4, 1), c("tanh", "linear"), epochs = 1, x = plane$x, y = plane$curved)
  expect_null(run_of(model))
})

test_that("arguments are checked", {
  expect_refused(callback_diagnose(every = 0), "argument", "every")
  expect_refused(callback_diagnose(level = 1), "argument", "level")
  expect_refused(callback_diagnose(action = "cry"), "argument", "action")
  expect_output(print(callback_diagnose()), "diagnose")
})

many_rows <- function() {
  withr::local_seed(5)
  x <- matrix(stats::rnorm(2400), 1200)
  list(x = x, y = x[, 1]^2 + x[, 2])
}

test_that("of many rows some are looked at, and all where there is something to tell", {
  data <- many_rows()
  look <- callback_diagnose()
  net(2, c(8, 1), c("tanh", "linear"), epochs = 3, x = data$x, y = data$y, callbacks = look)
  expect_identical(attr(look$diagnosis, "case")$rows, 500L)
  model <- net(2, c(4, 1), c("linear", "linear"))
  expect_message(fit(model, data$x, data$y, epochs = 3, verbose = 0, callbacks = look),
    "Linear collapse", fixed = TRUE)
  expect_identical(look$told, "S1")
})

test_that("a fault of the rows looked at that the others refute is not told", {
  # Unit 1 is on where x > 2, in one row that a look at 500 of 1000 leaves out.
  x <- replace(seq(0, 1, length.out = 1000), 2, 3)
  expect_false(2 %in% spread_rows(1000, 500))
  model <- net(1, c(1, 1), c("relu", "linear"), optimizer = optimizer_sgd(1e-12))
  set_weights(model, list(matrix(1), -2, matrix(1), 0.5))
  look <- callback_diagnose()
  expect_no_message(fit(model, x, x, epochs = 1, verbose = 0, batch_size = 1000, callbacks = look), message = "Dead units")
  x[2] <- 0
  expect_message(fit(model, x, x, epochs = 1, verbose = 0, batch_size = 1000, callbacks = look), "Dead units")
})

test_that("looks wait until they are 2 % of the time", {
  self <- list(begun = seconds_now() - 10, spent = 0.1)
  expect_true(may_look(self, FALSE))
  self$spent <- 1
  expect_false(may_look(self, FALSE))
  expect_true(may_look(self, TRUE))
})

test_that("looks leave R's compiler as it was", {
  before <- compiler::enableJIT(-1)
  suppressMessages(linear_model() %>% fit(plane$x, plane$curved, epochs = 2, verbose = 0, callbacks = callback_diagnose()))
  expect_identical(compiler::enableJIT(-1), before)
})

test_that("a model that is compared with no targets has none that could be wrong", {
  withr::local_seed(1)
  x <- matrix(stats::rnorm(40), 20)
  input <- layer_input(2)
  output <- input %>% layer_dense(3, "tanh") %>% layer_dense(2)
  m <- keras_model(input, output)
  m$add_loss(k_mean(k_square(output - input)))
  m %>% compile(optimizer = "adam")
  look <- callback_diagnose()
  expect_silent(fit(m, x, epochs = 2, verbose = 0, callbacks = look))
  expect_identical(look$diagnosis$id[look$diagnosis$severity == "fault"], character())
  expect_identical(diagnose(m, x)$id, look$diagnosis$id)
})

test_that("epochs that nobody needs to look at pass together, and count as if each had been seen", {
  losses <- c(seq(2, 1, length.out = 30), rep(1, 80), NaN, 0.5, rep(0.5, 70))
  each <- list2env(list(best = Inf, since = 0L))
  for (loss in losses) note_loss(each, loss)
  expect_identical(each$since, 70L)
  expect_identical(each$best, 0.5)
  self <- callback_diagnose(every = 40)
  self$params <- list(epochs = 2000)
  self$since <- 0L
  expect_identical(diagnose_sleeps(self, 0), 40)
  expect_identical(diagnose_sleeps(self, 45), 80)
  self$since <- 95L
  expect_identical(diagnose_sleeps(self, 45), 50)
  expect_identical(next_look(list(callbacks = list(self)), 45, 48), 48L)
  expect_true(can_wait(list(callbacks = list(self))))
  expect_false(can_wait(list(callbacks = list(self, callback_early_stopping()))))
})

test_that("looks come after the epochs in which they would have come one by one", {
  seen <- function(...) {
    at <- integer()
    local_function("diagnose_now", function(self, checks = "all") at <<- c(at, length(run_history(run_of(self$model))$metrics$loss)))
    local_function("may_look", function(self, free) TRUE)
    withr::with_seed(1, net(2, c(4, 1), c("linear", "linear"), epochs = 170, x = plane$x, y = plane$curved,
      optimizer = optimizer_sgd(1e-9), callbacks = list(...)))
    at
  }
  # Beside another callback history gets the epoch after its hooks.
  together <- seen(callback_diagnose(every = 60))
  by_epoch <- seen(callback_diagnose(every = 60), callback_lambda(on_epoch_end = function(epoch, logs) NULL))
  inner <- seq_along(together)[-c(1, length(together))]
  expect_identical(together[inner], by_epoch[inner] + 1L)
  expect_identical(together[inner], c(51L, 60L, 101L, 120L, 151L))
})

test_that("a loss that is not finite is looked at as soon as it is seen", {
  look <- callback_diagnose()
  expect_message(suppressWarnings(net(2, c(8, 8, 1), c("relu", "relu", "linear"), epochs = 200, x = plane$x, y = 100 * plane$curved,
    optimizer = optimizer_sgd(1e3), callbacks = look)), "Divergence")
  expect_true("O0" %in% look$told)
})
