named_x <- function(names) {
  x <- small_x(6, length(names))
  colnames(x) <- names
  x
}

fitted_on <- function(x) {
  model <- small_model(inputs = ncol(x))
  fit(model, x, small_y(), epochs = 1, verbose = 0)
  model
}

test_that("columns in another order are told, and taken by position", {
  x <- named_x(c("a", "b", "c"))
  model <- fitted_on(x)
  turned <- x[, c("c", "a", "b")]
  plain <- unname(turned)
  warned <- expect_warning(p <- predict(model, turned), class = "kestrel_warning_feature_order")
  expect_identical(p, predict(model, plain))
  expect_identical(warned$known, c("a", "b", "c"))
  expect_identical(warned$given, c("c", "a", "b"))
  expect_warning(evaluate(model, as.data.frame(turned), small_y(), verbose = 0),
    class = "kestrel_warning_feature_order")
  expect_warning(model(turned), class = "kestrel_warning_feature_order")
  expect_warning(fit(model, turned, small_y(), epochs = 1, verbose = 0),
    class = "kestrel_warning_feature_order")
  expect_warning(
    fit(model, x, small_y(), epochs = 1, verbose = 0, validation_data = list(turned, small_y())),
    class = "kestrel_warning_feature_order")
  expect_snapshot(p <- predict(model, turned))
})

test_that("renamed columns are told", {
  model <- fitted_on(named_x(c("a", "b", "c")))
  expect_warning(predict(model, named_x(c("a", "b", "d"))), class = "kestrel_warning_feature_names")
  expect_snapshot(p <- predict(model, named_x(c("a", "d", "c"))))
  many <- fitted_on(named_x(paste0("v", 1:12)))
  expect_snapshot(p <- predict(many, named_x(paste0("w", 1:12))))
})

test_that("the same names, or none, are silent", {
  x <- named_x(c("a", "b", "c"))
  model <- fitted_on(x)
  expect_no_warning({
    predict(model, x)
    predict(model, as.data.frame(x))
    predict(model, list(x))
    predict(model, unname(x))
    predict(clone_model(model), x)
  })
  expect_no_warning(predict(fitted_on(unname(x)), x))
  expect_warning(predict(clone_model(model), x[, 3:1]), class = "kestrel_warning_feature_order")
  expect_refused(predict(model, x[, 1:2]), "shape", "x", model)
})

test_that("they are those of the first fit that ran", {
  model <- small_model(inputs = 3)
  expect_refused(fit(model, named_x(c("z", "y", "x")), 1:5), "shape", model = model)
  fit(model, named_x(c("a", "b", "c")), small_y(), epochs = 1, verbose = 0)
  expect_identical(model$features, c("a", "b", "c"))
  suppressWarnings(fit(model, named_x(c("c", "b", "a")), small_y(), epochs = 1, verbose = 0))
  expect_identical(model$features, c("a", "b", "c"))
})
