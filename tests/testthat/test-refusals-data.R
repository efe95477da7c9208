# The catalogue of bad inputs: objects of all classes where numbers are due. None of them may be
# taken for the numbers that they are stored as.

x <- small_x()
y <- small_y()

as_column <- function(v) {
  frame <- as.data.frame(x)
  frame$V2 <- v
  frame
}

stored_as_numbers <- list(
  integer64 = structure(sin(1:6), class = "integer64"), Date = as.Date("2024-01-01") + 1:6,
  POSIXct = as.POSIXct("2024-01-01", tz = "UTC") + 1:6, difftime = as.difftime(1:6, units = "days"),
  labelled = structure(c(1, 2, 1, 2, 1, 2), labels = c(a = 1), class = c("haven_labelled", "vctrs_vctr", "double")),
  octmode = as.octmode(1:6), dist = stats::dist(matrix(1:4)), text = letters[1:6], complex = sin(1:6) + 1i,
  raw = as.raw(1:6), list = as.list(1:6)
)

no_numbers <- c(stored_as_numbers, list(
  POSIXlt = as.POSIXlt(as.POSIXct("2024-01-01", tz = "UTC") + 1:6), S4 = getClass("numeric"),
  symbol = as.name("a"), expression = expression(a), environment = new.env(), formula = y ~ x,
  version = numeric_version(as.character(1:6))
))

test_that("x and y of such classes are refused", {
  model <- small_model()
  for (bad in no_numbers) {
    expect_refused(fit(model, bad, y, verbose = 0), "argument", "x", model)
    expect_refused(evaluate(model, bad, y, verbose = 0), "argument", "x", model)
    expect_refused(predict(model, bad), "argument", "x", model)
    expect_refused(fit(model, x, bad, verbose = 0), "argument", "y", model)
    expect_refused(evaluate(model, x, bad, verbose = 0), "argument", "y", model)
    expect_refused(train_on_batch(model, x, bad), "argument", "y", model)
    expect_refused(fit(model, x, y, validation_data = list(x, bad), verbose = 0), "argument", "validation_data", model)
  }
})

test_that("they are refused as columns of data frames, by name", {
  model <- small_model()
  for (bad in c(stored_as_numbers[setdiff(names(stored_as_numbers), "dist")], list(factor = factor(1:6)))) {
    expect_refused(fit(model, as_column(bad), y, verbose = 0), "argument", "x", model, names = "V2")
    expect_refused(predict(model, as_column(bad)), "argument", "x", model, names = "V2")
  }
  expect_refused(fit(model, x, data.frame(a = letters[1:6], b = 1:6), verbose = 0), "argument", "y", model)
})

test_that("they are no weights, no names and no counts", {
  model <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  z <- c(0, 1, 0, 1, 0, 1)
  for (bad in no_numbers) {
    expect_refused(fit(model, x, z, sample_weight = bad, verbose = 0), "argument", "sample_weight", model)
    expect_refused(evaluate(model, x, z, sample_weight = bad, verbose = 0), "argument", "sample_weight", model)
    expect_refused(fit(model, x, z, class_weight = bad, verbose = 0), "argument", "class_weight", model)
    expect_refused(fit(model, x, z, epochs = bad, verbose = 0), "argument", "epochs", model)
    expect_refused(fit(model, x, z, batch_size = bad, verbose = 0), "argument", "batch_size", model)
    expect_refused(fit(model, x, z, shuffle = bad, verbose = 0), "argument", "shuffle", model)
    expect_refused(fit(model, x, z, verbose = bad), "argument", "verbose", model)
    expect_refused(keras_model_sequential(name = bad), "argument", "name")
    expect_refused(layer_dense(units = bad), "argument", "units")
    expect_refused(optimizer_sgd(learning_rate = bad), "argument", "learning_rate")
  }
})

test_that("what holds numbers in another dress works as the numbers do", {
  model <- small_model()
  expected <- evaluate(model, x, y)
  same <- list(ts(y[, 1]), I(y[, 1]), data.frame(y = y), as.list(data.frame(y)), structure(y, note = "n"))
  if (requireNamespace("tibble", quietly = TRUE)) same <- c(same, list(tibble::tibble(y = y[, 1])))
  for (dress in same) expect_identical(evaluate(model, x, dress), expected)
  frame <- as.data.frame(x)
  for (dress in list(frame, structure(frame, class = c("data.table", "data.frame")), ts(x),
    data.frame(V1 = x[, 1], V2 = I(x[, 2:3]), V4 = x[, 4]))) {
    expect_identical(predict(model, dress), predict(model, x))
  }
  compact <- 1:24
  expect_identical(predict(model, matrix(compact, 6)), predict(model, matrix(compact + 0, 6)))
})

test_that("matrices of factors are refused, one column is a factor", {
  one <- small_model(activation = "sigmoid", loss = "binary_crossentropy")
  many <- factor(rep(c("a", "b"), 12))
  dim(many) <- c(6, 4)
  single <- factor(rep(c("a", "b"), 3))
  expected <- evaluate(one, x, single)
  dim(single) <- c(6, 1)
  expect_identical(evaluate(one, x, single), expected)
  expect_refused(fit(one, x, many, verbose = 0), "shape", "y", one, names = "6 x 4")
  expect_refused(fit(one, many, y, verbose = 0), "argument", "x", one)
})

test_that("threads are a count", {
  model <- small_model()
  for (bad in list(0, -1, NA, 1.5, "2", c(1, 2))) {
    expect_refused(fit(model, x, y, threads = bad), "argument", "threads", model)
    expect_refused(predict(model, x, threads = bad), "argument", "threads", model)
  }
  expect_identical(predict(model, x, threads = 1e6), predict(model, x, threads = 1))
})

test_that("names that differ in Unicode's forms are different", {
  composed <- "caf\u00e9"
  apart <- "cafe\u0301"
  model <- keras_model_sequential(input_shape = 1) %>% layer_dense(1, name = composed) %>% layer_dense(1, name = apart)
  expect_identical(get_layer(model, apart)$name, apart)
  expect_identical(get_layer(model, composed)$name, composed)
})

test_that("the numbers' own dims count, whatever methods of a class say", {
  for (name in c("dim", "length", "[", "as.double", "as.matrix")) {
    registerS3method(name, "forged", function(x, ...) stop("it ran"), envir = asNamespace("kestrel"))
  }
  model <- small_model()
  for (forged in list(structure(x, class = "forged"), structure(y[, 1], class = "forged"))) {
    expect_refused(fit(model, forged, y, verbose = 0), "argument", "x", model)
    expect_refused(fit(model, x, forged, verbose = 0), "argument", "y", model)
    expect_refused(predict(model, forged), "argument", "x", model)
    expect_refused(fit(model, x, y, sample_weight = forged, verbose = 0), "argument", "sample_weight", model)
  }
})

test_that("vectors longer than R's arrays are refused before they are stored", {
  model <- small_model(inputs = 1)
  long <- 1:(2^31 + 5)
  expect_rows_refused(
    refused("x of 2^31 numbers", function() predict(model, long), "memory", "x", "2147483653", model),
    refused("x to fit to", function() fit(model, long, long, verbose = 0), "memory", "x", "2147483647", model),
    refused("y of 2^31 numbers", function() fit(model, 1, long, verbose = 0), "shape", "y", "2147483653", model),
    refused("a weight of 2^31 numbers", function() set_weights(model, list(long, 1, 1, 1)), "memory", "weights[[1]]", NULL, model),
    refused("codes", function() to_categorical(long), "memory", "x"),
    refused("an activation", function() activation_tanh(long), "memory", "x")
  )
})
