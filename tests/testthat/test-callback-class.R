test_that("hooks of Callback() count from 1, those of new_callback_class() from 0", {
  seen <- NULL
  members <- list(
    on_epoch_end = function(epoch, logs = NULL) seen <<- c(seen, epoch),
    on_train_batch_end = function(batch, logs = NULL) seen <<- c(seen, batch)
  )
  quick_fit(quick_model(), callbacks = do.call(Callback, c("Mine", members))())
  expect_equal(seen, c(1, 2, 1, 1, 2, 2))
  seen <- NULL
  quick_fit(quick_model(), callbacks = do.call(new_callback_class, c("Mine", members))())
  expect_equal(seen, c(0, 1, 0, 0, 1, 1))
})

test_that("self, super and private are there", {
  Base <- Callback("Base",
    initialize = function(start) self$n <- start,
    on_epoch_end = function(epoch, logs = NULL) {
      self$n <- self$n + 1
      private$seen <- c(private$seen, epoch)
    },
    seen = function() private$seen,
    private = list(seen = 0)
  )
  Child <- Callback("Child",
    initialize = function(...) {
      super$initialize(...)
      self$twice <- 0
    },
    on_epoch_end = function(epoch, logs = NULL) {
      super$on_epoch_end(epoch, logs)
      super$on_epoch_begin(epoch, logs)
      self$twice <- self$twice + 2
    },
    inherit = Base
  )
  child <- Child(10)
  quick_fit(quick_model(), callbacks = child)
  expect_identical(c(child$n, child$twice), c(12, 4))
  expect_equal(child$seen(), c(0, 1, 2))
  expect_s3_class(child, c("Child", "Base", "kestrel_callback_from_1", "kestrel_callback"),
    exact = TRUE)
})

test_that("callbacks of one class do not share their state", {
  Count <- Callback("Count", n = 0, on_epoch_end = function(epoch, logs) self$n <- self$n + 1)
  a <- Count()
  b <- Count$new()
  quick_fit(quick_model(), callbacks = a)
  expect_identical(c(a$n, b$n), c(2, 0))
})

test_that("functions find the variables where they were written", {
  make <- function(limit) {
    Callback("Stop", on_epoch_end = function(epoch, logs) {
      if (epoch == limit) self$model$stop_training <- TRUE
    })
  }
  history <- quick_fit(quick_model(), epochs = 9, callbacks = make(4)())
  expect_length(history$metrics$loss, 4)
})

test_that("public members, params and printing", {
  Mine <- new_callback_class("Mine",
    public = list(on_train_end = function(logs) self$epochs <- self$params$epochs))
  mine <- Mine()
  quick_fit(quick_model(), callbacks = mine)
  expect_identical(mine$epochs, 2L)
  expect_snapshot({
    Mine
    mine
  })
})

test_that("arguments are checked", {
  expect_refused(Callback(), "argument", "classname")
  expect_refused(Callback(3), "argument", "classname")
  expect_refused(Callback("A", on_epoch_end = 3), "argument", "on_epoch_end")
  expect_refused(Callback("A", on_epoch_end = function(x) 1), "argument", "on_epoch_end")
  expect_refused(Callback("A", on_epoch_ends = function(a, b) 1), "argument",
    names = "on_epoch_end")
  expect_refused(Callback("A", inherit = 3), "argument", "inherit")
  expect_refused(Callback("A", public = list(1)), "argument", "public")
  expect_refused(Callback("A", private = 1), "argument", "private")
  expect_error(Callback("A")(5), class = "kestrel_error_argument")
})

test_that("`__init__` is initialize()", {
  Kept <- Callback("Kept", `__init__` = function(start) self$count <- start,
    on_epoch_end = function(epoch, logs) self$count <- self$count + 1)
  kept <- Kept(3)
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = "sgd")
  fit(model, 1:4, 1:4, epochs = 2, verbose = 0, callbacks = kept)
  expect_identical(kept$count, 5)
})
