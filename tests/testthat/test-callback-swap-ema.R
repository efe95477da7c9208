# The average in plain R of the weights after each batch: Keras begins it with those of the first.
averages <- function(steps, momentum) {
  Reduce(function(a, w) Map(function(a, w) momentum * a + (1 - momentum) * w, a, w), steps, accumulate = TRUE)
}

watched <- function(optimizer, swap_on_epoch = FALSE, callback = callback_swap_ema_weights(swap_on_epoch)) {
  withr::local_seed(1)
  x <- small_x(12, 4)
  y <- sin(1:12)
  m <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "tanh") %>% layer_batch_normalization() %>%
    layer_dense(1)
  freeze_weights(m, to = 1)
  compile(m, loss = "mse", optimizer = optimizer)
  steps <- ends <- list()
  look <- list(on_train_batch_end = function(batch, logs) steps[[length(steps) + 1]] <<- get_weights(m, trainable = TRUE),
    on_epoch_end = function(epoch, logs) ends[[length(ends) + 1]] <<- get_weights(m))
  set_weights(m, lapply(get_weights(m), function(w) array(abs(cos(seq_along(w))), dim(w))))
  set.seed(2)
  h <- fit(m, x, y, batch_size = 4, epochs = 3, verbose = 0, shuffle = FALSE, validation_data = list(x, y),
    callbacks = c(if (length(callback)) list(callback), list(look)))
  list(model = m, steps = steps, ends = ends, losses = h$metrics, x = x, y = y)
}

test_that("validation is that of the average, and training goes on as without", {
  for (more in list(NULL, 2)) {
    optimizer <- function() optimizer_adam(0.05, use_ema = TRUE, ema_momentum = 0.8, gradient_accumulation_steps = more)
    plain <- watched(optimizer(), callback = NULL)
    swapped <- watched(optimizer())
    epoch <- watched(optimizer(), TRUE)
    expect_identical(swapped$steps, plain$steps)
    expect_identical(epoch$steps, plain$steps)
    expect_identical(swapped$losses$loss, plain$losses$loss)
    expect_identical(swapped$ends, plain$ends)
    expect_identical(get_weights(swapped$model), get_weights(plain$model))
    expect_identical(get_weights(epoch$model), get_weights(plain$model))
    expect_identical(epoch$losses, swapped$losses)
    expect_gt(max(abs(swapped$losses$val_loss - plain$losses$val_loss)), 1e-4)
    scored <- vapply(epoch$ends, function(w) {
      set_weights(epoch$model, w)
      evaluate(epoch$model, epoch$x, epoch$y, verbose = 0)[[1]]
    }, 0)
    expect_equal(swapped$losses$val_loss, scored, tolerance = 1e-6)
  }
})

test_that("the average is that of plain R", {
  run <- watched(optimizer_sgd(0.05, use_ema = TRUE, ema_momentum = 0.8), TRUE)
  want <- averages(run$steps, 0.8)[3 * (1:3)]
  trained <- vapply(get_weights(run$model), function(w) {
    any(vapply(get_weights(run$model, trainable = TRUE), identical, NA, w))
  }, NA)
  for (i in 1:3) expect_equal(run$ends[[i]][trained], want[[i]], tolerance = 1e-6)
})

test_that("evaluate() and predict() leave the weights as they were", {
  m <- small_model()
  compile(m, loss = "mse", optimizer = optimizer_sgd(0.1, use_ema = TRUE, ema_momentum = 0.5))
  look <- callback_swap_ema_weights()
  x <- small_x()
  y <- small_y()
  before <- predict(m, x)
  expect_identical(predict(m, x, callbacks = look), before)
  first <- NULL
  for (i in 1:3) {
    train_on_batch(m, x, y)
    w <- get_weights(m)
    first <- if (is.null(first)) w else Map(function(a, w) (a + w) / 2, first, w)
  }
  smooth <- predict(m, x, callbacks = look)
  score <- evaluate(m, x, y, verbose = 0, callbacks = look)
  expect_identical(get_weights(m), w)
  set_weights(m, first)
  expect_equal(smooth, predict(m, x), tolerance = 1e-6)
  expect_equal(score, evaluate(m, x, y, verbose = 0), tolerance = 1e-6)
})

test_that("an average is needed", {
  m <- small_model()
  w <- get_weights(m)
  expect_error(fit(m, small_x(), small_y(), verbose = 0, callbacks = callback_swap_ema_weights()), "averages weights",
    class = "kestrel_error_state")
  expect_identical(get_weights(m), w)
  expect_refused(callback_swap_ema_weights(NA), "argument", "swap_on_epoch")
})
