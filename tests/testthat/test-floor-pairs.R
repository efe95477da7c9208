# The best constant of each group, against one-dimensional search.

pairs_problem <- function(loss, y, w = rep(1, length(y)), activation = "linear") {
  model <- floor_model(1, 1, activation, loss = loss)
  floor_problem(model, seq_along(y), y, w)
}

# The least of sum(w v(t, p)) / n over p in [low, high], group by group.
searched_minimum <- function(loss, t, w, group, low, high) {
  least <- function(rows) {
    f <- function(p) sum(w[rows] * vapply(t[rows], function(t) loss(matrix(t), matrix(p)), 0))
    ends <- c(max(low, min(-2, t)), min(high, max(2, t, 1 / t)))
    grid <- seq(ends[1], ends[2], length.out = 41)
    at <- grid[which.min(vapply(grid, f, 0))]
    step <- grid[2] - grid[1]
    optimize(f, c(max(ends[1], at - step), min(ends[2], at + step)), tol = 1e-10)$objective
  }
  sum(vapply(split(seq_along(t), group), least, 0)) / length(t)
}

test_that("each loss of one target has the least value that a search finds", {
  set.seed(3)
  t <- c(0.3, 1.4, 0.9, 2.2, 0.5, 1.1)
  w <- c(1, 2, 0.5, 1, 3, 1)
  group <- c(1, 2, 1, 2, 2, 1)
  losses <- list(mean_squared_error = t, mean_squared_logarithmic_error = t, poisson = t,
    mean_absolute_error = t, mean_absolute_percentage_error = t, huber = t, log_cosh = t,
    binary_crossentropy = c(1, 0, 1, 1, 0, 0), hinge = c(-1, 1, 1, -1, 1, 1),
    squared_hinge = c(-1, 1, 1, -1, 1, 1))
  expect_setequal(names(losses), names(pair_minima))
  for (name in names(losses)) for (high in c(Inf, 0.6)) {
    y <- losses[[name]]
    range <- list(low = if (name == "poisson" || name == "binary_crossentropy") 1e-6 else -Inf, high = high)
    if (name == "binary_crossentropy") range$high <- min(range$high, 1 - 1e-6)
    problem <- pairs_problem(name, y, w, if (name == "binary_crossentropy") "hard_sigmoid" else "linear")
    found <- pairs_minimum(problem, group, range)$value
    searched <- searched_minimum(get(paste0("loss_", name)), y, w, group, range$low, range$high)
    expect_lte(found, searched + 1e-12)
    expect_equal(found, searched, tolerance = 1e-6, info = name)
  }
})

test_that("logits have the entropy of the groups' means", {
  problem <- pairs_problem("binary_crossentropy", c(1, 0, 1, 1), activation = "sigmoid")
  expect_true(problem$logits)
  h <- function(m) -m * log(m) - (1 - m) * log(1 - m)
  found <- pairs_minimum(problem, c(1, 1, 1, 2), everything())
  expect_near(found$value, 3 / 4 * h(2 / 3), 1e-12)
  expect_true(found$open)
})
