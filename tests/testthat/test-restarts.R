# fit(restarts = ): the best of some starts.

x <- c(-1, 0, 1)
y <- c(-0.2445248, 0.1232554, 0.1713998)

small_model <- function(optimizer = "lbfgs", units = 2, ...) {
  model <- keras_model_sequential() %>%
    layer_dense(units, activation = "relu", input_shape = 1, ...) %>%
    layer_dense(1)
  compile(model, loss = "mse", optimizer = optimizer)
  model
}

restarted <- function(model, restarts, ..., epochs = 30) {
  fit(model, x, y, epochs = epochs, restarts = restarts, verbose = 0, ...)
}

test_that("the best start is kept, with its history", {
  for (optimizer in c("lbfgs", "levenberg_marquardt", "adam")) {
    set.seed(1)
    model <- small_model(optimizer)
    history <- restarted(model, 8)
    reached <- history$params$restarts
    expect_length(reached, 8)
    expect_gt(length(unique(reached)), 3)
    expect_identical(tail(history$metrics$loss, 1), min(reached))
    expect_identical(model$history, history)
    if (optimizer == "adam") next
    expect_equal(evaluate(model, x, y, verbose = 0)[["loss"]], min(reached), tolerance = 1e-12)
  }
})

test_that("each start is a fit of a fresh model, drawn by R's generator", {
  set.seed(2)
  reached <- restarted(small_model(), 4)$params$restarts
  set.seed(2)
  model <- small_model()
  single <- vapply(1:4, function(i) restarted(model, 1)$params$restarts, 0)
  expect_identical(single, reached)
  set.seed(2)
  expect_identical(restarted(small_model(), 4)$params$restarts, reached)
})

test_that("one start does not go on from the weights there are; none does", {
  set.seed(3)
  model <- small_model("sgd")
  before <- get_weights(model)
  restarted(model, NULL, epochs = 0)
  expect_identical(get_weights(model), before)
  restarted(model, 1, epochs = 0)
  expect_false(identical(get_weights(model)[[1]], before[[1]]))
  expect_identical(get_weights(model)[[2]], before[[2]])
})

test_that("a fit goes on from the best start with its optimizer's state", {
  set.seed(4)
  model <- small_model("adam")
  restarted(model, 5, epochs = 10)
  w <- get_weights(model)
  other <- unserialize(serialize(model, NULL))
  expect_identical(get_weights(other), w)
  fit(model, x, y, epochs = 5, verbose = 0)
  fit(other, x, y, epochs = 5, verbose = 0)
  expect_identical(get_weights(model), get_weights(other))
  expect_null(model$history$params$restarts)
})

test_that("frozen layers, given weights and adapted statistics are not drawn anew", {
  set.seed(5)
  model <- small_model()
  model$layers[[1]]$trainable <- FALSE
  compile_again(model)
  before <- get_weights(model)
  restarted(model, 3)
  expect_identical(get_weights(model)[1:2], before[1:2])
  given <- list(matrix(c(1, -1), 1), c(0.5, 0.5))
  model <- small_model(weights = given)
  restarted(model, 1, epochs = 0)
  expect_identical(get_weights(model)[1:2], given, ignore_attr = TRUE)
  normal <- layer_normalization()
  adapt(normal, matrix(c(1, 2, 6)))
  model <- keras_model_sequential() %>% normal() %>% layer_dense(1)
  compile(model, loss = "mse", optimizer = "lbfgs")
  fit(model, x, y, epochs = 1, verbose = 0)
  before <- get_weights(normal)
  restarted(model, 2)
  expect_identical(get_weights(normal), before)
})

test_that("a start that diverges is not the best", {
  set.seed(6)
  model <- small_model(optimizer_sgd(0.9), units = 20)
  suppressWarnings(history <- restarted(model, 10, epochs = 60))
  finite <- is.finite(history$params$restarts)
  expect_true(all(is.finite(unlist(get_weights(model)))) || !any(finite))
  expect_identical(tail(history$metrics$loss, 1), min(history$params$restarts[finite]))
})

test_that("an error leaves the model as it was, or the best start that was over", {
  fails_in <- function(start) {
    begun <- 0
    callback_lambda(on_train_begin = function(logs) begun <<- begun + 1,
      on_epoch_end = function(epoch, logs) if (begun == start && epoch == 1) stop("enough"))
  }
  set.seed(7)
  model <- small_model()
  before <- get_weights(model)
  expect_error(restarted(model, 3, callbacks = list(fails_in(1))))
  expect_identical(get_weights(model), before)
  expect_null(model$history)
  set.seed(8)
  expect_error(restarted(model, 3, callbacks = list(fails_in(3))))
  set.seed(8)
  other <- clone_model(model)
  compile(other, loss = "mse", optimizer = "lbfgs")
  set.seed(8)
  restarted(other, 2)
  expect_identical(get_weights(model), get_weights(other))
})

test_that("from the twelfth on every second start mends the best one", {
  began <- list()
  note <- callback_lambda(on_train_begin = function(logs) began <<- c(began, list(get_weights(model))))
  set.seed(10)
  model <- small_model(units = 6)
  reached <- restarted(model, 16, callbacks = list(note))$params$restarts
  ended <- list()
  set.seed(10)
  other <- small_model(units = 6)
  for (i in 1:11) {
    restarted(other, 1)
    ended[[i]] <- get_weights(other)
  }
  best <- ended[[which.min(reached[1:11])]]
  same <- function(i) as.vector(began[[i]][[1]]) == as.vector(best[[1]])
  expect_true(any(same(12)) && !all(same(12)))
  expect_identical(as.vector(began[[12]][[2]])[same(12)], as.vector(best[[2]])[same(12)])
  expect_identical(as.vector(began[[12]][[2]])[!same(12)], rep(0, sum(!same(12))))
  expect_identical(began[[12]][3:4], best[3:4], ignore_attr = TRUE)
  expect_false(any(same(11)))
  expect_false(any(as.vector(began[[13]][[1]]) %in% as.vector(best[[1]])))
})

test_that("a third of the units are drawn anew, at least one, and what has none stays", {
  set.seed(11)
  share <- mean(replicate(200, mean(drawn_units(50))))
  expect_equal(share, 1 / 3, tolerance = 0.03)
  expect_true(all(replicate(50, any(drawn_units(1)))))
  w <- array(0, c(2, 3, 2))
  expect_identical(put_units(w, w + 1, c(TRUE, FALSE)), array(rep(c(1, 0), each = 6), c(2, 3, 2)))
  expect_identical(put_units(1:3, 4:6, c(FALSE, TRUE, FALSE)), c(1L, 5L, 3L))
  expect_identical(put_units(1:3, 4:6, TRUE), 1:3)
})

test_that("a model of one layer always starts afresh", {
  set.seed(12)
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
  compile(model, loss = "mse", optimizer = "sgd")
  began <- numeric()
  note <- callback_lambda(on_train_begin = function(logs) began <<- c(began, get_weights(model)[[1]]))
  restarted(model, 14, callbacks = list(note), epochs = 1)
  expect_length(unique(began), 14)
})

test_that("restarts must be a count", {
  model <- small_model()
  for (bad in list(0, -1, 1.5, NA, "a", TRUE)) {
    expect_refused(restarted(model, bad), "argument", "restarts", model)
  }
})

test_that("the starts are counted, and told with the history", {
  set.seed(9)
  model <- small_model()
  expect_output(fit(model, x, y, epochs = 2, restarts = 3, verbose = 2), "Start 3 of 3")
  expect_match(format(model$history), "^The best of 3 starts, which ended between ", all = FALSE)
})
