# 3 groups of rows; a model that could fit anything.
repeated <- function(loss, activation = "linear", units = 1, ...) {
  set.seed(8)
  x <- c(1, 1, 1, 2, 2, 2, 2, 3)
  model <- floor_model(1, c(9, units), c("tanh", activation), loss)
  list(model = model, x = x, w = c(1, 2, 1, 1, 3, 0.5, 1, 2))
}

floor_of <- function(case, y, w = NULL) {
  floor <- loss_floor(case$model, case$x, y, sample_weight = w)
  expect_certified(floor, case$model, case$x, y, w)
  floor
}

# min over outputs by a fine search in each group.
by_search <- function(case, y, w, f, at = seq(-12, 12, length.out = 48001)) {
  groups <- split(seq_along(y), case$x)
  least <- vapply(groups, function(g) {
    min(Reduce(`+`, lapply(g, function(i) w[i] * f(y[i], at))))
  }, 0)
  sum(least) / length(y)
}

test_that("equal rows with other targets cost what their best output costs", {
  y <- c(1, 4, 2, -3, 0.5, 2, 2, 7)
  for (name in c("mse", "mae", "huber", "log_cosh", "mape")) {
    case <- repeated(name)
    value <- loss_makers()[[name]]
    floor <- floor_of(case, y, case$w)
    expect_identical(attr(floor, "type"), "duplicates")
    searched <- by_search(case, y, case$w, function(t, p) value(cbind(rep(t, length(p))), cbind(p)))
    expect_equal(as.vector(floor), searched, tolerance = 1e-6)
    expect_lte(floor, searched)
  }
  counts <- c(1, 4, 2, 0, 0, 2, 2, 0)
  case <- repeated("poisson")
  p <- exp(seq(-16, 3, length.out = 48001)) - 1e-7
  searched <- by_search(case, counts, case$w, function(t, p) p - t * log(p + 1e-7), p)
  expect_equal(as.vector(floor_of(case, counts, case$w)), searched, tolerance = 1e-6)
  case <- repeated("msle")
  f <- function(t, p) (log(pmax(p, 1e-7) + 1) - log(pmax(t, 1e-7) + 1))^2
  expect_equal(as.vector(floor_of(case, y, case$w)), by_search(case, y, case$w, f), tolerance = 1e-6)
})

test_that("margins of both labels cannot be had in one row", {
  y <- c(0, 1, 1, 0, 0, 0, 1, 1)
  for (name in c("hinge", "squared_hinge")) {
    case <- repeated(name)
    power <- if (name == "hinge") 1 else 2
    f <- function(t, p) pmax(1 - (2 * t - 1) * p, 0)^power
    expect_equal(as.vector(floor_of(case, y, case$w)), by_search(case, y, case$w, f), tolerance = 1e-6)
  }
})

test_that("cross-entropies have the entropy of classes given the row", {
  y <- c(0, 1, 1, 0, 0, 0, 1, 1)
  h <- function(p) -sum(ifelse(p > 0, p * log(p), 0))
  groups <- split(seq_along(y), c(1, 1, 1, 2, 2, 2, 2, 3))
  expected <- function(w, smoothing = 0) {
    t <- y * (1 - smoothing) + smoothing / 2
    sum(vapply(groups, function(g) {
      m <- sum(w[g] * t[g]) / sum(w[g])
      sum(w[g]) * h(c(m, 1 - m))
    }, 0)) / 8
  }
  case <- repeated("binary_crossentropy", "sigmoid")
  floor <- floor_of(case, y, case$w)
  expect_equal(as.vector(floor), expected(case$w))
  expect_false(attr(floor, "attained"))
  case <- repeated(loss_binary_crossentropy(label_smoothing = 0.1), "sigmoid")
  expect_equal(as.vector(floor_of(case, y, case$w)), expected(case$w, 0.1))
  case <- repeated("sparse_categorical_crossentropy", "softmax", 2)
  expect_equal(as.vector(floor_of(case, y, case$w)), expected(case$w))
  case <- repeated(loss_categorical_crossentropy(label_smoothing = 0.1), "softmax", 2)
  expect_equal(as.vector(floor_of(case, cbind(1 - y, y), case$w)), expected(case$w, 0.1))
  case <- repeated("kl_divergence", "softmax", 2)
  shares <- cbind(1 - y, y)
  plain <- expected(case$w) # of clipped shares: nearly the entropy
  expect_equal(as.vector(floor_of(case, shares, case$w)), plain, tolerance = 1e-5)
})

test_that("smoothed labels alone have their entropy", {
  case <- repeated(loss_binary_crossentropy(label_smoothing = 0.2), "sigmoid")
  floor <- floor_of(case, c(0, 0, 0, 1, 1, 1, 1, 1))
  expect_equal(as.vector(floor), -0.1 * log(0.1) - 0.9 * log(0.9))
  expect_identical(attr(floor, "type"), "targets")
})

test_that("directions of equal rows cannot all be met", {
  case <- repeated("cosine_similarity", units = 2)
  y <- cbind(c(1, 0, 1, 1, 1, 1, 1, 1), c(0, 1, 0, 2, 2, 2, 2, 0))
  expect_equal(as.vector(floor_of(case, y)), -(sqrt(5) + 5) / 8)
})

test_that("outputs keep to the range of the last activation", {
  y <- c(-1, 0.2, 3, 0.5, 1, 1, 1, 1)
  x <- 1:8
  at <- function(activation, loss, y, units = 1) {
    model <- suppressWarnings(floor_model(1, c(9, units), c("tanh", activation), loss))
    floor <- loss_floor(model, x, y)
    expect_certified(floor, model, x, y)
    expect_identical(attr(floor, "type"), "range")
    as.vector(floor)
  }
  expect_equal(at("sigmoid", "mse", y), (1 + 4) / 8)
  expect_equal(at("relu", "mae", y), 1 / 8)
  expect_equal(at("tanh", "mse", y), 4 / 8)
  expect_equal(at("softmax", "mse", y), mean((1 - y)^2)) # one unit: always 1
  shares <- cbind(c(1, 0, 0, 0, 2, 0, 1, 1), 1)
  projected <- t(apply(shares, 1, simplex_projection))
  expect_equal(rowSums(projected), rep(1, 8))
  expect_equal(at("softmax", "mse", shares, 2), mean((shares - projected)^2))
})

test_that("projection on the simplex is nearest to its point", {
  set.seed(5)
  for (i in 1:20) {
    v <- rnorm(4)
    p <- simplex_projection(v)
    others <- matrix(rexp(4000), 4)
    others <- sweep(others, 2, colSums(others), `/`)
    expect_gte(min(colSums((others - v)^2)), sum((p - v)^2))
  }
})

test_that("logits that are shares keep cross-entropy up", {
  codes <- c(0, 1, 2, 1)
  model <- floor_model(1, 3, "softmax", "mse")
  suppressWarnings(compile(model, loss = loss_sparse_categorical_crossentropy(from_logits = TRUE)))
  floor <- loss_floor(model, 1:4, codes)
  expect_equal(as.vector(floor), log(1 + 2 / exp(1)))
  model <- floor_model(1, 1, "sigmoid", "mse")
  suppressWarnings(compile(model, loss = loss_binary_crossentropy(from_logits = TRUE)))
  floor <- loss_floor(model, 1:4, c(0, 1, 1, 1))
  expect_equal(as.vector(floor), (log(2) + 3 * log(1 + exp(-1))) / 4)
})

test_that("losses without a lower bound have none", {
  model <- floor_model(1, 1, "sigmoid", "binary_crossentropy")
  floor <- suppressWarnings(loss_floor(model, 1:2, c(0, 2)))
  expect_identical(as.vector(floor), -Inf)
  model <- floor_model(1, 1, "linear", "poisson")
  expect_identical(as.vector(suppressWarnings(loss_floor(model, 1:2, c(1, -2)))), -Inf)
  model <- floor_model(1, 1, "relu", "poisson")
  floor <- suppressWarnings(loss_floor(model, 1:2, c(1, -2)))
  expect_equal(as.vector(floor), (1 + 2 * log(1e-7)) / 2)
})

test_that("certificates of groups are checked", {
  case <- repeated("mae")
  y <- c(1, 4, 2, -3, 0.5, 2, 2, 7)
  problem <- floor_problem(case$model, case$x, y)
  good <- attr(loss_floor(case$model, case$x, y), "certificate")
  expect_false(verify_certificate(modifyList(good, list(value = good$value * 1.01)), problem))
  expect_false(verify_certificate(modifyList(good, list(at = good$at + 0.1, value = good$value)), problem))
  expect_false(verify_certificate(modifyList(good, list(group = rep(1, 8))), problem))
  expect_false(verify_certificate(modifyList(good, list(range = list(low = 0, high = 1))), problem))
})
