founding <- function(epochs = 400) {
  x <- c(-1, 0, 1)
  y <- c(-0.2445248, 0.1232554, 0.1713998)
  set.seed(1)
  model <- keras_model_sequential() %>% layer_dense(10, input_shape = 1) %>% layer_dense(1)
  model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
  model %>% fit(x, y, epochs = epochs, verbose = 0)
  diagnose(model, x, y, checks = "S1")
}

test_that("the rungs of the ladder are those of least squares", {
  d <- founding()
  case <- attr(d, "case")
  rows <- ladder_rows(case)
  y <- as.vector(case$y)
  expect_equal(rows$loss[1], mean(resid(lm(y ~ as.vector(case$x)))^2), tolerance = 1e-9)
  expect_equal(rows$loss[nrow(rows)], mean((y - mean(y))^2), tolerance = 1e-12)
  expect_true(rows$proven[1])
  expect_match(rows$label[1], "floor of this model")
  expect_match(rows$label[1], "you")
  loss <- loss_rows(case)
  expect_identical(loss$loss, case$history$metrics$loss)
  expect_identical(loss$epoch, seq_along(case$history$metrics$loss))
})

test_that("the fit is drawn as the model predicts", {
  case <- attr(founding(5), "case")
  curve <- curve_rows(case)
  w <- get_weights(case$model)
  by_hand <- (outer(curve$x, w[[1]][1, ]) + rep(w[[2]], each = 200)) %*% w[[3]] + c(w[[4]])
  expect_equal(curve$value, as.vector(by_hand), tolerance = 1e-12)
  x <- as.matrix(iris[1:4])
  model <- keras_model_sequential(input_shape = 4) %>% layer_dense(3, "softmax")
  compile(model, loss = "sparse_categorical_crossentropy")
  fit(model, x, iris$Species, epochs = 1, verbose = 0)
  rows <- agreement_rows(attr(diagnose(model, x, iris$Species, checks = "S1"), "case"))
  expect_identical(rows$target, as.vector(outer(as.integer(iris$Species), 1:3, `==`) + 0))
  expect_equal(rows$prediction, as.vector(predict(model, x)), tolerance = 1e-12)
})

test_that("pictures are ggplots that can be drawn", {
  skip_if_not_installed("ggplot2")
  d <- founding(20)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_identical(eval(formals(plot.nn_diagnosis)$which), pictures)
  for (which in pictures) {
    picture <- plot(d, which = which)
    expect_s3_class(picture, "ggplot")
    drawn <- ggplot2::ggplot_build(picture)$data[[1]]
    expect_gte(nrow(drawn), if (which == "gradients") 4 else 10)
    expect_no_error(ggplot2::ggplotGrob(picture))
  }
})

test_that("pictures show the model as it is now, and change nothing", {
  skip_if_not_installed("ggplot2")
  d <- founding(5)
  model <- attr(d, "case")$model
  first <- plot(d, which = "gradients")$data$place
  set_weights(model, lapply(get_weights(model), function(w) w / 2))
  expect_false(isTRUE(all.equal(plot(d, which = "gradients")$data$place, first)))
  before <- get_weights(model)
  set.seed(1)
  seed <- .Random.seed
  for (which in pictures) plot(d, which = which)
  expect_identical(.Random.seed, seed)
  expect_identical(get_weights(model), before)
})

test_that("pictures without data, and unknown ones, are refused", {
  skip_if_not_installed("ggplot2")
  d <- founding(5)
  expect_refused(plot(d, which = "spectrum3"), "argument", "which")
  expect_refused(plot(d, which = NULL), "argument", "which")
  expect_refused(plot(d, witch = "fit"), "argument", "witch")
  expect_refused(plot(d, which = "surface", directions = "up"), "argument", "directions")
  expect_refused(plot(d, which = "surface", directions = "lowest"), "argument", "directions")
  expect_refused(plot(diagnose(attr(d, "case")$history)), "state", "x")
})

test_that("what needs derivatives is refused for R functions in the model", {
  skip_if_not_installed("ggplot2")
  model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
  compile(model, "sgd", function(y_true, y_pred) k_mean((y_true - y_pred)^2))
  d <- diagnose(model, 1:3, 1:3)
  for (which in c("gradients", "spectrum", "surface")) {
    expect_refused(plot(d, which = which), "state")
  }
  expect_s3_class(plot(d, which = "units"), "ggplot")
})

test_that("outputs of other sizes have scales of their own", {
  skip_if_not_installed("ggplot2")
  input <- layer_input(2)
  code <- layer_dense(input, 4, "tanh")
  model <- keras_model(input, list(layer_dense(code, 1, name = "price"), layer_dense(code, 1, "sigmoid", name = "sold")))
  model %>% compile(loss = list("mse", "binary_crossentropy"))
  x <- cbind(1:8, rep(0:1, 4))
  picture <- plot(diagnose(model, x, list(1:8 * 100, rep(0:1, 4)), checks = "S1"), which = "fit")
  built <- ggplot2::ggplot_build(picture)$layout
  expect_identical(as.character(built$layout$output), c("price", "sold"))
  expect_lt(diff(built$panel_params[[2]]$x.range), 2)
})
