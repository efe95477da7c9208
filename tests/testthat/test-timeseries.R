# Windows row by row, from the definitions in Keras.

series <- cbind(1:23, 101:123) + 0
goals <- matrix(201:223 + 0)

test_that("windows end before their target", {
  for (case in list(list(3, 1, 1, 0, NULL, FALSE), list(6, 2, 1, 0, NULL, FALSE), list(5, 2, 3, 2, 19, TRUE))) {
    names(case) <- c("length", "by", "stride", "first", "last", "reverse")
    gen <- timeseries_generator(series, goals, case$length, case$by, case$stride, case$first, case$last,
      reverse = case$reverse, batch_size = 4)
    rows <- seq(case$first + case$length, if (is.null(case$last)) 22 else case$last, by = case$stride)
    expect_length(gen, ceiling(length(rows) / 4))
    at <- 0
    for (i in seq_len(length(gen))) {
      batch <- gen[[i]]
      for (j in seq_len(nrow(batch[[1]]))) {
        r <- rows[at <- at + 1]
        window <- seq(r - case$length, r - 1, by = case$by)
        if (case$reverse) window <- rev(window)
        expect_identical(batch[[1]][j, , ], series[window + 1, ])
        expect_identical(batch[[2]][j, ], goals[r + 1, ])
      }
    }
    expect_identical(at, as.double(length(rows)))
  }
})

test_that("a data set's windows start with their target", {
  set <- timeseries_dataset_from_array(series, goals[1:20], sequence_length = 4, sequence_stride = 2,
    sampling_rate = 3, batch_size = 3, start_index = 1, end_index = 22)
  starts <- seq(0, (22 - 1) - 3 * 3 - 1, by = 2)
  batches <- lapply(seq_len(length(set)), function(i) set[[i]])
  expect_identical(unlist(lapply(batches, function(b) b[[2]])), goals[1 + starts + 1])
  expect_identical(batches[[2]][[1]][1, , ], series[1 + starts[4] + c(0, 3, 6, 9) + 1, ])
  alone <- timeseries_dataset_from_array(1:10, NULL, 3)
  expect_length(alone[[1]], 1)
  expect_identical(dim(alone[[1]][[1]]), c(8L, 3L))
})

test_that("they are generators that begin anew", {
  gen <- timeseries_generator(series, goals, 3, batch_size = 8)
  model <- keras_model_sequential(input_shape = c(3, 2)) %>% layer_flatten() %>% layer_dense(1)
  compile(model, loss = "mse", optimizer = optimizer_sgd(1e-5))
  history <- fit(model, gen, epochs = 3, verbose = 0)
  expect_identical(history$params$steps, 3L)
  expect_length(history$metrics$loss, 3)
  all <- timeseries_generator(series, goals, 3, batch_size = 100)[[1]]
  expect_equal(evaluate(model, gen), evaluate(model, all[[1]], all[[2]]), tolerance = 1e-12)
  expect_identical(predict(model, gen), predict(model, all[[1]]))
  expect_output(print(gen), "timeseries_generator: 3 batches")
})

test_that("shuffled windows are some of them all, by the seed", {
  set <- function(...) timeseries_dataset_from_array(1:30, 1:30, 3, batch_size = 40, shuffle = TRUE, ...)[[1]][[2]]
  expect_identical(set(seed = 5), set(seed = 5))
  expect_setequal(set(seed = 5), 1:28)
  expect_false(identical(set(seed = 5), set(seed = 6)))
  gen <- timeseries_generator(series, goals, 3, shuffle = TRUE, batch_size = 50)
  batch <- gen[[1]]
  expect_identical(dim(batch[[1]]), c(50L, 3L, 2L))
  expect_identical(batch[[1]][, 3, 1] + 201, batch[[2]][, 1])
})

test_that("what leaves no window is refused", {
  expect_refused(timeseries_generator(series, goals, 23), "data", "length")
  expect_refused(timeseries_generator(series, goals[-1], 3), "shape", "targets")
  expect_refused(timeseries_generator("a", goals, 3), "argument", "data")
  expect_refused(timeseries_generator(series, goals, 0), "argument", "length")
  expect_refused(timeseries_generator(series, goals, 3, end_index = 23), "argument", "end_index")
  expect_refused(timeseries_dataset_from_array(series, goals, 24), "data", "sequence_length")
  expect_refused(timeseries_dataset_from_array(series, goals, 3, end_index = 24), "argument", "end_index")
  expect_refused(timeseries_dataset_from_array(series, goals, 3, shuffel = TRUE), "argument", "shuffel")
  gen <- timeseries_generator(series, goals, 3)
  expect_refused(gen[[2]], "argument", "i")
})

test_that("batches are taken by one bracket, too", {
  windows <- timeseries_generator(matrix(1:10), 1:10, length = 3, batch_size = 4)
  expect_identical(windows[2], windows[[2]])
  expect_refused(windows[0], "argument", "i")
})
