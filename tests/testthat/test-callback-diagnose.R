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
  expect_null(model_state(model)$running)
})

test_that("arguments are checked", {
  expect_refused(callback_diagnose(every = 0), "argument", "every")
  expect_refused(callback_diagnose(level = 1), "argument", "level")
  expect_refused(callback_diagnose(action = "cry"), "argument", "action")
  expect_output(print(callback_diagnose()), "diagnose")
})
