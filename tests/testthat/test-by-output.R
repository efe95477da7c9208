two_outputs <- function(...) {
  x <- layer_input(2)
  model <- keras_model(x, list(layer_dense(x, 1, name = "u"), layer_dense(x, 1, name = "v")))
  compile(model, ...)
  model
}

names_of <- function(...) two_outputs(...)$metrics_names

test_that("losses and metrics go by place, by name, or to every output", {
  both <- c("loss", "u_loss", "v_loss")
  expect_identical(names_of(loss = "mse"), both)
  expect_identical(names_of(loss = c("mse", "mae")), both)
  expect_identical(names_of(loss = list(v = "mae")), "loss")
  metrics <- list(
    list("mae", c(both, "u_mae", "v_mae")),
    list(list("mae", "mse"), c(both, "u_mae", "u_mse", "v_mae", "v_mse")),
    list(list(list("mae"), list("mse")), c(both, "u_mae", "v_mse")),
    list(list(v = "mae"), c(both, "v_mae")),
    list(c(u = "mae", v = "mse"), c(both, "u_mae", "v_mse")),
    list(list(NULL, "mae"), c(both, "v_mae")),
    list(list("mae", c("mse", "mape")), c(both, "u_mae", "v_mse", "v_mape")),
    list(list(c("mse", "mae"), character()), c(both, "u_mse", "u_mae"))
  )
  for (case in metrics) expect_identical(names_of(loss = "mse", metrics = case[[1]]), case[[2]])
})

test_that("weights of losses multiply them", {
  set.seed(1)
  x <- small_x(6, 2)
  y <- list(small_y(), 2 * small_y())
  for (weights in list(c(3, 0.5), list(3, 0.5), list(v = 0.5, u = 3))) {
    score <- evaluate(two_outputs(loss = "mse", loss_weights = weights), x, y, verbose = 0)
    expect_near(score$loss, 3 * score$u_loss + 0.5 * score$v_loss, 1e-14)
  }
})

test_that("unknown outputs and wrong counts are refused", {
  model <- two_outputs(loss = "mse")
  again <- function(...) compile(model, ...)
  expect_refused(again(loss = list(w = "mse")), "argument", names = "\"u\"")
  expect_refused(again(loss = list("mse", "mae", "mse")), "argument", "loss")
  expect_refused(again(loss = list(u = "mse"), metrics = list(v = "mae")), "argument", "metrics",
    names = "no loss")
  expect_refused(again(loss = "mse", loss_weights = 1:3), "argument", "loss_weights")
})
