test_that("vectors, matrices, arrays and frames become arrays with samples first", {
  m <- small_x(3, 2)
  expect_identical(check_data(m, "x"), m)
  expect_identical(check_data(1:3, "x"), matrix(1:3))
  expect_identical(check_data(c(a = 1, b = 2), "x"), matrix(c(1, 2)))
  expect_identical(check_data(c(TRUE, FALSE), "x"), matrix(c(TRUE, FALSE)))
  expect_identical(check_data(array(1:3), "x"), matrix(1:3))
  expect_identical(check_data(ts(c(1, 2, 3)), "x"), matrix(c(1, 2, 3)))
  expect_identical(dim(check_data(ts(m, start = 2000), "x")), c(3L, 2L))
  expect_identical(check_data(I(m), "x"), m)
  expect_identical(dim(check_data(counted(2, 3, 4, 2, 2), "x")), c(2L, 3L, 4L, 2L, 2L))
  expect_equal(check_data(table(c(1, 1, 2)), "x"), matrix(c(2L, 1L)))
  frame <- data.frame(a = 1:3, b = c(0.5, 1, 2), c = c(TRUE, FALSE, TRUE))
  expect_identical(check_data(frame, "x"), unname(as.matrix(frame) * 1))
  expect_identical(check_data(data.frame(m = I(m), z = 1:3), "x"), cbind(m, 1:3))
})

test_that("tibbles are frames", {
  skip_if_not_installed("tibble")
  tb <- tibble::tibble(a = 1:3, b = c(0.5, 1, 2))
  expect_identical(check_data(tb, "x"), cbind(c(1, 2, 3), c(0.5, 1, 2)))
  grouped <- structure(tb, class = c("grouped_df", class(tb)))
  expect_identical(check_data(grouped, "x"), check_data(tb, "x"))
})

test_that("a plain numeric array is not copied", {
  x <- small_x(1000, 100)
  before <- rlang::obj_address(x)
  expect_identical(rlang::obj_address(check_data(x, "x")), before)
})

test_that("kinds of x give the same numbers in a model", {
  model <- small_model(inputs = 2)
  m <- matrix(1:6, 3)
  reference <- predict(model, m + 0)
  for (x in list(m, as.data.frame(m), I(m), ts(m), unname(as.data.frame(m + 0)))) {
    expect_identical(predict(model, x), reference)
  }
  one <- small_model(inputs = 1)
  for (x in list(1:3, c(1, 2, 3), ts(1:3), array(1:3), data.frame(a = 1:3), matrix(1:3))) {
    expect_identical(predict(one, x), predict(one, matrix(c(1, 2, 3))))
  }
  expect_identical(predict(one, c(TRUE, FALSE)), predict(one, c(1, 0)))
})

test_that("what is no numeric data is refused with a way out", {
  hints <- list(
    list(list(1, 2), "do.call(cbind"), list(as.Date("2024-01-01"), "as.numeric"),
    list(Sys.time(), "as.numeric"), list(1i, "two columns"), list("a", "model.matrix"),
    list(factor("a"), "model.matrix"), list(structure(1, class = "integer64"), "as.double"),
    list(structure(list(), class = "dgCMatrix"), "a numeric"), list(NULL, "a numeric"),
    list(as.raw(1), "a numeric"), list(globalenv(), "a numeric"), list(mean, "a numeric")
  )
  for (h in hints) expect_refused(check_data(h[[1]], "x"), "argument", "x", names = h[[2]])
  expect_refused(check_data("a", "y"), "argument", "y", names = "factor(y)")
  expect_refused(check_data(array(0, rep(1, 6)), "x"), "shape", "x")
  expect_refused(check_data(matrix(0, 3, 0), "x"), "shape", "x")
  expect_refused(check_data(data.frame(row.names = 1:3), "x"), "shape", "x")
  expect_refused(check_data(data.frame(a = 1, f = factor(1)), "x"), "argument", "x",
    names = "\"f\"")
  expect_refused(check_data(data.frame(a = I(list(1))), "x"), "argument", "x", names = "\"a\"")
})

test_that("missing numbers are counted by kind, and the first is placed", {
  x <- small_x(5, 3)
  expect_identical(check_finite(x, "x"), x)
  x[4, 2] <- Inf
  expect_refused(check_finite(x, "x"), "data", "x",
    names = c("1 number is", "infinite", "row 4, column 2"))
  x[2, 2] <- NaN
  x[3, 2] <- NA
  error <- expect_refused(check_finite(x, "x"), "data", "x",
    names = c("3 numbers", "row 2, column 2"))
  expect_identical(error$where, c(2L, 2L))
  expect_refused(check_finite(c(1L, NA), "x"), "data", names = "position 2")
  z <- counted(2, 3, 4)
  z[2, 3, 4] <- NA
  expect_refused(check_finite(z, "x"), "data", names = "[2, 3, 4]")
})

test_that("NA and NaN are told apart", {
  hole <- function(value) expect_refused(check_finite(c(1, value), "x"), "data")
  expect_match(conditionMessage(hole(NA)), "(NA)", fixed = TRUE)
  expect_match(conditionMessage(hole(NaN)), "(NaN)", fixed = TRUE)
  expect_match(conditionMessage(hole(-Inf)), "(infinite)", fixed = TRUE)
  expect_match(conditionMessage(hole(c(NaN, NA, Inf))), "(NaN) at position 2", fixed = TRUE)
})

test_that("columns of samples are row-major, and back", {
  x <- counted(2, 3, 4)
  v <- to_columns(x)
  expect_identical(v[1:5],
    c(x[1, 1, 1], x[2, 1, 1] * 0 + x[1, 1, 2], x[1, 1, 3], x[1, 1, 4], x[1, 2, 1]))
  expect_identical(from_columns(v, dim(x)), x)
  expect_identical(from_columns(to_columns(c(1, 2)), NULL), c(1, 2))
})

test_that("the user's data are never changed", {
  x <- small_x()
  y <- small_y()
  before <- list(x + 0, y + 0)
  model <- small_model()
  fit(model, x, y, epochs = 2, verbose = 0)
  expect_identical(list(x, y), before)
  one <- small_model(inputs = 1)
  fit(one, y, y, epochs = 1, verbose = 0)
  expect_identical(y, before[[2]])
})

test_that("compact sequences are data like others", {
  x <- 1:12
  dim(x) <- c(3, 4)
  model <- small_model()
  expect_identical(predict(model, x),
    predict(model, matrix(c(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 3)))
})

test_that("data are refused in words", {
  model <- small_model()
  expect_snapshot(error = TRUE, {
    predict(model, list(1, 2))
    predict(model, data.frame(a = 1, f = factor("u")))
    predict(model, 1:4)
    predict(model, array(0, c(2, 2, 2)))
    check_finite(c(1, NaN, NA), "x")
  })
})

# Dims that no function of R would set: the stored form of the array with another number in it.
forged <- function(x, from, to) {
  bytes <- serialize(x, NULL, ascii = FALSE, xdr = TRUE)
  find <- as.raw(c(0, 0, 0, from))
  at <- Filter(function(i) identical(bytes[i + 0:3], find), seq_len(length(bytes) - 3))
  bytes[at[length(at)] + 3] <- as.raw(to)
  unserialize(bytes)
}

test_that("dims that lie about the length are refused", {
  wrong <- forged(matrix(sin(1:42), 6, 7), 7, 200)
  expect_identical(dim(wrong), c(6L, 200L))
  expect_length(wrong, 42)
  expect_refused(check_data(wrong, "x"), "shape", "x", names = "42")
  model <- small_model(inputs = 200)
  expect_refused(fit(model, wrong, small_y()), "shape", "x", model)
  expect_refused(predict(model, wrong), "shape", "x", model)
  other <- small_model()
  expect_refused(fit(other, small_x(), wrong), "shape", "y", other)
  wide <- keras_model_sequential(input_shape = 6) %>% layer_dense(200, use_bias = FALSE)
  expect_refused(set_weights(wide, list(wrong)), "shape", "weights", wide)
  expect_refused(loss_mean_squared_error(wrong, wrong), "shape", "y_true")
  expect_refused(regularizer_l2()(wrong), "shape", "w")
  expect_refused(activation_softmax(wrong), "shape", "x")
  expect_refused(activation_relu(wrong), "shape", "x")
  frame <- structure(list(a = 1:6, b = 1:3), class = "data.frame", row.names = 1:6)
  other <- small_model(inputs = 2)
  expect_refused(fit(other, frame, small_y()), "shape", "x", other, names = "\"b\"")
})

test_that("rows are to be left out of data only", {
  wrong <- c(NA, 1:5)
  hint <- function(code) tryCatch(code, error = function(e) e$hint)
  model <- small_model()
  expect_match(hint(fit(model, small_x(), wrong)), "complete.cases")
  expect_null(hint(fit(model, small_x(), small_y(), sample_weight = wrong)))
  expect_null(hint(loss_mean_squared_error(wrong, 1:6)))
  expect_null(hint(set_weights(model, replace(get_weights(model), 4, NA_real_))))
})

test_that("missing numbers are counted as R tells them, wherever they stand", {
  set.seed(5)
  counts_of <- function(x) {
    bad <- which(!is.finite(x))
    c(sum(is.na(x) & !is.nan(x)), sum(is.nan(x)), sum(is.infinite(x)), if (length(bad)) bad[1] else 0)
  }
  for (n in c(1, 63, 64, 65, 200, 1000)) {
    x <- rnorm(n)
    expect_identical(count_missing(x), c(0, 0, 0, 0))
    for (at in unique(c(1, n %/% 2 + 1, n))) {
      for (bad in c(NA, NaN, Inf, -Inf)) {
        expect_equal(count_missing(replace(x, at, bad)), counts_of(replace(x, at, bad)))
      }
    }
    some <- replace(x, sample.int(n, n %/% 3 + 1), NaN)
    expect_equal(count_missing(some), counts_of(some))
    expect_equal(count_missing(rep(NA_real_, n)), c(n, 0, 0, 1))
  }
  expect_identical(count_missing(c(1e308, -1e308, 5e-324, -0, rep(1, 99))), c(0, 0, 0, 0))
})
