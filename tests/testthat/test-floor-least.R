# Losses that have a least value whatever is predicted, and those that have none.

least_of <- function(loss, y, activation = "linear", units = 1) {
  problem <- floor_problem(floor_model(1, units, activation, loss = loss), seq_len(NROW(y)), y)
  least_value(problem, output_range(problem$network$nodes %||% list()))
}

test_that("distances and margins are never below 0", {
  y <- c(0.5, 1, -2)
  for (name in c("mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "hinge")) {
    expect_identical(least_of(name, y), 0)
  }
  expect_identical(least_of("binary_crossentropy", c(0, 1, 1), "sigmoid"), 0)
  expect_identical(least_of("sparse_categorical_crossentropy", c(0, 1, 2), "softmax", 3), 0)
})

test_that("losses without a bottom have none", {
  expect_identical(suppressWarnings(least_of("binary_crossentropy", c(2, -1, 1), "sigmoid")), -Inf)
  expect_identical(least_of("poisson", c(1, 2, 3)), -Inf)
})

test_that("no prediction goes below", {
  set.seed(7)
  t <- matrix(runif(20, 0.1, 1), ncol = 2)
  p <- matrix(runif(20), ncol = 2)
  for (name in registry("losses")$name) {
    if (grepl("categorical|sparse", name)) next
    least <- least_of(name, t, "sigmoid", 2)
    loss <- get(paste0("loss_", name))
    expect_gte(min(loss(t, p)), least)
  }
})
