# Sparse matrices against the same numbers as a dense one.

skip_if_not_installed("Matrix")

dense <- matrix(round(sin(1:200 * 1.7) * (cos(1:200) > 0.5), 3), 50, 4)
truth <- matrix(sin(1:50))
sparse_kinds <- list(
  dgC = Matrix::Matrix(dense, sparse = TRUE),
  dgR = Matrix::sparseMatrix(row(dense)[dense != 0], col(dense)[dense != 0], x = dense[dense != 0],
    dims = dim(dense), repr = "R"),
  dgT = Matrix::sparseMatrix(row(dense)[dense != 0], col(dense)[dense != 0], x = dense[dense != 0],
    dims = dim(dense), repr = "T")
)

sparse_twins <- function() {
  one <- small_model()
  two <- clone_model(one)
  for (m in list(one, two)) compile(m, loss = "mse", optimizer = "adam", metrics = "mae")
  set_weights(two, get_weights(one))
  list(one = one, two = two)
}

test_that("each kind of sparse matrix gives the numbers of the dense one", {
  for (x in sparse_kinds) {
    both <- sparse_twins()
    w <- seq_len(50) / 50
    a <- fit(both$one, dense, truth, epochs = 2, batch_size = 8, shuffle = FALSE, verbose = 0,
      validation_split = 0.2, sample_weight = w)
    b <- fit(both$two, x, truth, epochs = 2, batch_size = 8, shuffle = FALSE, verbose = 0,
      validation_split = 0.2, sample_weight = w)
    expect_equal(b$metrics, a$metrics, tolerance = 1e-12)
    expect_equal(get_weights(both$two), get_weights(both$one), tolerance = 1e-12)
    expect_equal(evaluate(both$one, x, truth), evaluate(both$one, dense, truth), tolerance = 1e-12)
    expect_equal(predict(both$one, x), predict(both$one, dense), tolerance = 1e-14)
    expect_equal(predict_on_batch(both$one, x), predict(both$one, dense), tolerance = 1e-14)
    expect_equal(test_on_batch(both$one, x, truth), test_on_batch(both$one, dense, truth))
    set_weights(both$two, get_weights(both$one))
    expect_equal(train_on_batch(both$two, x, truth), train_on_batch(both$one, dense, truth), tolerance = 1e-12)
  }
})

test_that("patterns and logical matrices are 0 and 1", {
  model <- small_model()
  expect_equal(predict(model, sparse_kinds$dgC > 0), predict(model, (dense > 0) + 0))
  expect_equal(predict(model, Matrix::Diagonal(4)), predict(model, diag(4)))
})

test_that("validation data may be sparse, too", {
  both <- sparse_twins()
  x <- sparse_kinds$dgC
  fitted <- function(m, x) fit(m, x, truth, epochs = 2, shuffle = FALSE, verbose = 0,
    validation_data = list(x, truth, 1:50))
  expect_equal(fitted(both$two, x)$metrics, fitted(both$one, dense)$metrics, tolerance = 1e-12)
})

test_that("a shuffled pass takes each row once", {
  gen <- sparse_batches(sparse_kinds$dgC, 1:50, NULL, 16, TRUE)
  set.seed(3)
  passes <- lapply(1:2, function(pass) do.call(rbind, lapply(1:4, function(i) do.call(cbind, gen()))))
  for (pass in passes) expect_equal(pass[order(pass[, 5]), ], cbind(dense, 1:50))
  expect_false(identical(passes[[1]][, 5], passes[[2]][, 5]))
})

test_that("bad sparse data are refused", {
  model <- small_model()
  x <- sparse_kinds$dgC
  expect_refused(fit(model, x, truth[-1]), "shape", "y", model)
  expect_refused(fit(model, x), "argument", "y", model)
  expect_refused(fit(model, x, truth, sample_weight = 1:3), "shape", "sample_weight", model)
  expect_refused(fit(model, x[, 1:3], truth), "shape", "x", model, names = "4 columns")
  expect_refused(fit(model, x[0, ], truth[0, , drop = FALSE]), "data", "x", model)
  expect_refused(fit(model, x, truth, validation_split = 0.999), "data", "validation_split", model)
  expect_refused(fit(model, x, truth, validation_data = list(x, 1:3)), "shape", "validation_data", model)
  wrong <- x
  wrong[2, 2] <- NA
  expect_refused(evaluate(model, wrong, truth), "data", "x", model)
  expect_identical(which(is.na(predict(model, wrong))), 2L)
  expect_identical(dim(predict(model, x[0, ])), c(0L, 1L))
})

test_that("what looks at all rows at once makes a sparse x dense, up to a size", {
  both <- sparse_twins()
  m <- both$one
  x <- sparse_kinds$dgC
  facts <- function(d) as.data.frame(d)[c("id", "cause", "confidence", "explains", "evidence")]
  with_rows <- function(x) facts(diagnose(m, x, truth, level = "quick", validation_data = list(x, truth)))
  expect_identical(with_rows(x), with_rows(dense))
  expect_false(any(grepl("refuses", with_rows(x)$cause)))
  expect_identical(facts(check_inputs(m, x, truth)), facts(check_inputs(m, dense, truth)))
  expect_identical(loss_floor(m, x, truth), loss_floor(m, dense, truth))
  expect_identical(loss_ladder(m, x, truth), loss_ladder(m, dense, truth))
  expect_identical(with_gradient(m, x, truth), with_gradient(m, dense, truth))
  huge <- Matrix::sparseMatrix(1, 1, x = 1, dims = c(2.6e6, 4))
  expect_refused(diagnose(m, huge, numeric(2.6e6)), "memory", "x")
  expect_refused(diagnose(m, dense, truth, validation_data = list(huge, 1)), "memory", "validation_data[[1]]")
  expect_refused(loss_floor(m, huge, 1), "memory", "x")
  expect_refused(with_gradient(m, huge, 1), "memory", "x")
})

test_that("errors name rows of x, and the history its samples", {
  m <- sparse_twins()$one
  for (x in sparse_kinds) {
    x[33, 2] <- NA
    x[40, 3] <- Inf
    told <- tryCatch(fit(m, x, truth, batch_size = 8, verbose = 0), error = function(e) e)
    full <- tryCatch(fit(m, as.matrix(x), truth, verbose = 0), error = function(e) e)
    expect_identical(told$message, full$message)
    expect_identical(told$where, c(33L, 2L))
  }
  x <- sparse_kinds$dgC
  expect_refused(fit(m, x[, 1:3], truth, verbose = 0), "shape", "x", m)
  wide <- tryCatch(predict(m, x[, 1:3]), error = conditionMessage)
  expect_identical(wide, tryCatch(predict(m, dense[, 1:3]), error = conditionMessage))
  late <- tryCatch(fit(m, x, replace(truth, 20, NA), batch_size = 8, shuffle = FALSE, verbose = 0),
    error = conditionMessage)
  expect_match(late, "Batch 3 of sparse `x`: ", fixed = TRUE)
  title <- function(x) format(fit(m, x, truth, epochs = 2, batch_size = 8, validation_split = 0.2, verbose = 0))[1]
  expect_identical(title(x), title(dense))
})
