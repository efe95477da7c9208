# Each operation of the table has an example; its vjp is compared with differences and, where the
# operation takes complex numbers, with complex steps.
m <- matrix(c(0.3, -0.7, 1.1, 0.4, -0.2, 0.9), 2)
n <- matrix(c(1.2, 0.8, 0.5, -0.6, 0.7, 1.9), 2)
p <- abs(m) / 2 + 0.1
at <- function(...) list(tensors = list(...), settings = list())
on <- function(x, ...) list(tensors = list(x), settings = list(...))

examples <- list(
  `+` = list(at(m, n), at(m, 2), at(1:2 / 3, m), at(m, t(c(1, 2, 3)))),
  `-` = list(at(m, n), at(0, m), at(m, c(0.5, 0.25)), at(t(c(1, 2, 3)), m)),
  `*` = list(at(m, n), at(c(2, 3), m), at(matrix(c(2, 3)), m)),
  `/` = list(at(m, n), at(2, n), at(m, c(2, 3)), at(m, t(c(1, 2, 3)))),
  `^` = list(at(p, n), at(p, 2), at(2, m), at(p, c(2, -1))),
  abs = list(at(m)), sqrt = list(at(p)), exp = list(at(m)), expm1 = list(at(m)), log = list(at(p)),
  log2 = list(at(p)), log10 = list(at(p)), log1p = list(at(m)), sin = list(at(m)), cos = list(at(m)),
  tan = list(at(m)), sinh = list(at(m)), cosh = list(at(m)), tanh = list(at(m)), asin = list(at(p)),
  acos = list(at(p)), atan = list(at(m)), asinh = list(at(m)), acosh = list(at(p + 1)),
  atanh = list(at(p)), gamma = list(at(p)), lgamma = list(at(p)), digamma = list(at(p)),
  plogis = list(at(m)), softplus = list(at(m)), pnorm = list(at(m)),
  cumsum = list(at(c(1, -2, 3)), at(m), on(m, axis = 2), on(array(1:24 / 9, 2:4), axis = 2)),
  cumprod = list(at(c(1, -2, 3)), at(c(2, 0, 3)), on(m, axis = 2), on(array(1:24 / 9, 2:4), axis = 1)),
  matmul = list(at(array(1:12 / 9, c(2, 3, 2)), array(cos(1:8), c(2, 2, 2))),
    at(array(1:3, c(1, 1, 3)), array(sin(1:3), c(1, 3, 1)))),
  `%*%` = list(at(m, t(n)), at(m, c(1, 2, 3)), at(c(1, 2), m), at(c(1, 2), c(3, 4)), at(c(1, 2), t(1:3))),
  sum = list(at(m), on(m, axes = 1), on(array(1:24 / 9, 2:4), axes = c(1, 3))),
  prod = list(at(m), at(c(0, 2, 3)), on(m, axes = 2), on(array(1:24 / 9, 2:4), axes = 2)),
  max = list(at(m), on(m, axes = 2)), min = list(at(m), on(m, axes = 1)),
  take = list(on(m, at = c(1, 1, 4)), on(m, at = matrix(6:1, 3))),
  join = list(at(m, 1:2 / 3), at(m)),
  ifelse = list(list(tensors = list(m, n), settings = list(test = m > 0)),
    list(tensors = list(m, 0), settings = list(test = n > 1)),
    list(tensors = list(1:4, c(1, 2)), settings = list(test = c(TRUE, FALSE, FALSE)))),
  pmax = list(at(m, n), at(m, 0), at(m, t(c(0, 1, 2)))), pmin = list(at(m, n), at(0.2, m)),
  loss = list(on(p, loss = loss_mean_squared_error(), y_true = n),
    on(p, loss = loss_categorical_crossentropy(), y_true = diag(3)[1:2, ]),
    on(p, loss = loss_sparse_categorical_crossentropy(), y_true = c(0, 2)),
    on(array(1:24 / 30, 2:4), loss = loss_huber(), y_true = array(24:1 / 40, 2:4)),
    on(p, loss = loss_dice(), y_true = diag(3)[1:2, ])),
  activation = list(on(m, activation = activation_gelu()), on(m, activation = activation_softmax())),
  layer = list(list(tensors = list(m, matrix(sin(1:6), 3), c(0.1, -0.2)), settings = list(
    spec = kestrel:::layer_spec(kestrel:::layer_chain(layer_dense(units = 2, activation = "tanh"), 3L, 1L),
      3L, "float64"), training = FALSE, seed = 0)))
)

run_row <- function(row, tensors, settings) do.call(row$value, c(tensors, settings), quote = TRUE)

# Those that R computes for complex numbers to all digits, however small the imaginary part.
analytic <- c("+", "-", "*", "/", "^", "sqrt", "exp", "log", "sin", "cos", "sinh", "cosh", "%*%",
  "sum", "take", "join", "ifelse", "pmax", "pmin", "cumsum", "cumprod", "matmul")

# The directional slope of sum(dy * value) along `v`.
slope_of <- function(row, case, v, dy, step) {
  moved <- function(h) Map(function(x, d) x + h * d, case$tensors, v)
  f <- function(h) sum(dy * run_row(row, moved(h), case$settings))
  if (is.complex(step)) Im(f(step)) / Im(step) else (f(step) - f(-step)) / (2 * step)
}

test_that("every operation has an example, and its gradient is the slope of its value", {
  rows <- kestrel:::differentiable()
  expect_setequal(names(examples), names(rows))
  set.seed(1)
  complex <- 0
  for (name in names(rows)) for (case in examples[[name]]) {
    y <- run_row(rows[[name]], case$tensors, case$settings)
    dy <- y
    dy[] <- rnorm(length(y))
    v <- lapply(case$tensors, function(x) rnorm(length(x)))
    given <- do.call(rows[[name]]$vjp, c(list(dy, y), case$tensors, case$settings), quote = TRUE)
    for (i in seq_along(given)) expect_identical(dim(given[[i]]), dim(case$tensors[[i]]), label = name)
    along <- sum(mapply(function(g, d) sum(g * d), given, v))
    expect_equal(along, slope_of(rows[[name]], case, v, dy, 1e-5), tolerance = 1e-7, label = name)
    if (!name %in% analytic) next
    complex <- complex + 1
    expect_equal(along, slope_of(rows[[name]], case, v, dy, 1e-30i), tolerance = 1e-13, label = name)
  }
  expect_gt(complex, 30)
})

gradient <- function(f, ...) kestrel:::differentiate(kestrel:::masked(f), list(...))$gradients

by_differences <- function(f, x, h = 1e-6) {
  vapply(seq_along(x), function(i) {
    step <- replace(numeric(length(x)), i, h)
    (f(x + step) - f(x - step)) / (2 * h)
  }, 0)
}

test_that("functions of R's own operators have their gradients", {
  functions <- list(
    function(x) mean(rowSums(x^2)) + sum(colMeans(x) * c(1, 2, 3)),
    function(x) sum(rowMeans(exp(x)) / colSums(abs(x))[1:2]),
    function(x) sum(cbind(x[, 1], 2 * x[, 2:3])^2) + prod(dim(x)) * x[2, 3],
    function(x) sum(rbind(x, 1)[3:1, ] * 2),
    function(x) sum(ifelse(x > 0.35, x^2, -x)),
    function(x) max(x) - min(x[1, ]) + range(1:3)[1],
    function(x) sum(crossprod(x) * diag(3)) + sum(tcrossprod(x)),
    function(x) sum(pmax(x, 0, 0.5 * x) - pmin(0.1, x)),
    function(x) sd(x) + var(x[1, ]) + log(sum(exp(x)), 10),
    function(x) {
      y <- x * 2
      y[1, ] <- x[2, ]^2
      dim(y) <- c(3, 2)
      sum(y %*% c(1, -2)) + y[[2]]
    },
    function(x) sum(vapply(1:2, function(i) 1, 0)) * sum(Reduce(`+`, lapply(1:3, function(j) x[, j]^j))),
    function(x) sum(matrix(x, 3)[, 1] * rev(x)[1:3]) + sum(rep(c(x), 2)) + sum(t(x)[3, ]),
    function(x) sum(array(x, c(1, 2, 3))[1, , 2]) + sum(aperm(x, 2:1)[1, ]),
    function(x) -sum(plogis(x) * !(x > 5)) + sum(round(x) * x) + sum(x %*% t(x)),
    function(x) sum(sort(x) * 1:6) + sort(x, decreasing = TRUE)[2] + median(x),
    function(x) sum(cumprod(x[1, ]) * cumsum(x[2, ])) + sum(pnorm(x, 0.2, 2)),
    function(x) sum(dnorm(x, x[2, 1], exp(x[1, 1]), log = TRUE)) - dnorm(x[2, 2]),
    function(x) sum(activation_relu(x)) + mean(loss_mean_squared_error(x * 0, x))
  )
  for (f in functions) {
    expect_equal(as.vector(gradient(f, m)[[1]]), by_differences(f, m), tolerance = 1e-8,
      label = deparse(body(f))[1])
  }
})

test_that("plain arrays in such a function go together as traced ones do", {
  f <- kestrel:::masked(function(y, x) {
    centred <- y - k_mean(y, axis = 2, keepdims = TRUE)
    sum(x * centred * (centred > matrix(c(0, 0.2))))
  })
  centred <- n - rowMeans(n)
  expect_equal(kestrel:::differentiate(function(x) f(n, x), list(m))$gradients[[1]],
    centred * (centred > c(0, 0.2)))
  expect_error(f(n, matrix(1, 5, 5)), "5 x 5", class = "kestrel_error_shape")
})

test_that("functions that the user's function calls are seen, too", {
  row_norms <- function(x) sqrt(rowSums(x^2))
  total <- function(x, k = 3) if (k == 0) 0 else sum(row_norms(x)) + total(x, k - 1)
  expect_equal(gradient(total, m)[[1]], 3 * m / sqrt(rowSums(m^2)), tolerance = 1e-14)
})

test_that("several arguments have their gradients, and those without influence zeros", {
  g <- gradient(function(a, b, c) sum(a %*% b), m, t(n), 1:3)
  expect_equal(g[[1]], matrix(1, 2, 2) %*% n)
  expect_equal(g[[2]], t(m) %*% matrix(1, 2, 2))
  expect_equal(g[[3]], c(0, 0, 0))
})

test_that("an operation that cannot be differentiated is named", {
  expect_error(gradient(function(x) sum(x %% 2), m), "%%", class = "kestrel_error_argument")
  expect_error(gradient(function(x) sum(trigamma(x)), m), "trigamma", class = "kestrel_error_argument")
  expect_error(gradient(function(x) range(x)[1], m), "range", class = "kestrel_error_argument")
  expect_error(gradient(function(x) sum(x + matrix(1, 5, 5)), m), "2 x 3 and 5 x 5",
    class = "kestrel_error_shape")
})

test_that("no function works on the tape by an oversight: all fail, or are differentiated", {
  for (f in list(median, rank, order, scale, diff, quantile, cor)) {
    expect_error(suppressWarnings(gradient(function(x) sum(f(x[, 1], x[, 2])), m)))
  }
})
