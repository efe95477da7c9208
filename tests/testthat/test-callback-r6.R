skip_if_not_installed("R6")

test_that("classes of R keras 2.x work as they are", {
  LossHistory <- R6::R6Class("LossHistory",
    inherit = KerasCallback,
    public = list(
      losses = NULL,
      on_batch_end = function(batch, logs = list()) {
        self$losses <- c(self$losses, logs[["loss"]])
      }
    )
  )
  kept <- LossHistory$new()
  history <- quick_fit(quick_model(), callbacks = list(kept))
  expect_length(kept$losses, 4)
  expect_identical(kept$losses[c(2, 4)], history$metrics$loss)
  expect_identical(kept$params$epochs, 2L)
  expect_s3_class(kept$model, "kestrel_model")
})

test_that("self, private, super and initialize are R6's", {
  Stop <- R6::R6Class("Stop",
    inherit = KerasCallback,
    public = list(
      epochs = NULL,
      initialize = function(last) private$last <- last,
      on_epoch_end = function(epoch, logs = list()) {
        super$on_epoch_end(epoch, logs)
        self$epochs <- c(self$epochs, epoch)
        if (epoch == private$last) self$model$stop_training <- TRUE
      }
    ),
    private = list(last = NULL)
  )
  stop <- Stop$new(1)
  quick_fit(quick_model(), epochs = 9, callbacks = stop)
  expect_equal(stop$epochs, 0:1)
})

test_that("hooks that are inherited cost no calls by batch", {
  Plain <- R6::R6Class("Plain", inherit = KerasCallback)
  set <- callback_set(Plain$new())
  expect_true(set$any)
  expect_false(set$wants_batches)
})

test_that("the generator itself and bad hooks are refused", {
  model <- quick_model()
  expect_refused(quick_fit(model, callbacks = KerasCallback), "argument", "callbacks", model,
    names = "$new()")
  Bad <- R6::R6Class("Bad", inherit = KerasCallback, public = list(on_epoch_end = function(x) 1))
  expect_refused(quick_fit(model, callbacks = Bad$new()), "argument", "callbacks", model)
})

test_that("there is one class", {
  expect_identical(KerasCallback, kestrel::KerasCallback)
  expect_true(bindingIsActive("KerasCallback", asNamespace("kestrel")))
})

test_that("the class can be looked at without R6, and says what is missing when it is used", {
  class <- new_keras_callback_class(installed = FALSE)
  expect_error(class$new(), class = "kestrel_error_state")
})
