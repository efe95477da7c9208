# Each operation of the table has an example; its vjp is compared with differences and, where the
# operation takes complex numbers, with complex steps. m, q and p are in helper-backend.R.
at <- function(...) list(tensors = list(...), settings = list())
on <- function(x, ...) list(tensors = list(x), settings = list(...))
at2 <- function(a, b, loss) list(tensors = list(a, b), settings = list(loss = loss))

autodiff_examples <- function() list(
  `+` = list(at(m, q), at(m, 2), at(1:2 / 3, m), at(m, t(c(1, 2, 3)))),
  `-` = list(at(m, q), at(0, m), at(m, c(0.5, 0.25)), at(t(c(1, 2, 3)), m)),
  `*` = list(at(m, q), at(c(2, 3), m), at(matrix(c(2, 3)), m)),
  `/` = list(at(m, q), at(2, q), at(m, c(2, 3)), at(m, t(c(1, 2, 3)))),
  `^` = list(at(p, q), at(p, 2), at(2, m), at(p, c(2, -1))),
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
  `%*%` = list(at(m, t(q)), at(m, c(1, 2, 3)), at(c(1, 2), m), at(c(1, 2), c(3, 4)), at(c(1, 2), t(1:3))),
  sum = list(at(m), on(m, axes = 1), on(array(1:24 / 9, 2:4), axes = c(1, 3))),
  prod = list(at(m), at(c(0, 2, 3)), on(m, axes = 2), on(array(1:24 / 9, 2:4), axes = 2)),
  max = list(at(m), on(m, axes = 2)), min = list(at(m), on(m, axes = 1)),
  take = list(on(m, at = c(1, 1, 4)), on(m, at = matrix(6:1, 3))),
  scatter = list(on(m, at = c(1, 4, 4, 2, 6, 1), dims = c(2L, 3L)), on(c(1, 2), at = 3:2, dims = 4L)),
  join = list(at(m, 1:2 / 3), at(m)),
  ifelse = list(list(tensors = list(m, q), settings = list(test = m > 0)),
    list(tensors = list(m, 0), settings = list(test = q > 1)),
    list(tensors = list(1:4, c(1, 2)), settings = list(test = c(TRUE, FALSE, FALSE)))),
  pmax = list(at(m, q), at(m, 0), at(m, t(c(0, 1, 2)))), pmin = list(at(m, q), at(0.2, m)),
  loss = list(on(p, loss = loss_mean_squared_error(), y_true = q),
    on(p, loss = loss_categorical_crossentropy(), y_true = diag(3)[1:2, ]),
    on(p, loss = loss_sparse_categorical_crossentropy(), y_true = c(0, 2)),
    on(array(1:24 / 30, 2:4), loss = loss_huber(), y_true = array(24:1 / 40, 2:4)),
    on(p, loss = loss_dice(), y_true = diag(3)[1:2, ])),
  mutual_loss = list(at2(p, q, loss_mean_squared_error()), at2(p, q, loss_mean_absolute_error()),
    at2(p, q, loss_huber(delta = 0.2)), at2(p, q, loss_log_cosh()), at2(p, q, loss_cosine_similarity()),
    at2(array(1:24 / 30, 2:4), array(24:1 / 40, 2:4), loss_mean_squared_error())),
  solve = list(at(array(c(2, 1, 0.5, 3), c(1, 2, 2)), array(c(1, -1, 2, 4), c(1, 2, 2))),
    at(array(sin(1:8) + c(3, 4, 0, 0, 0, 0, 3, 4), c(2, 2, 2)), array(cos(1:4), c(2, 2, 1)))),
  logdet = list(at(array(sin(1:8) + c(3, 4, 0, 0, 0, 0, 3, 4), c(2, 2, 2)))),
  det = list(at(array(sin(1:9), c(1, 3, 3))), at(array(c(1, 2, 2, 4), c(1, 2, 2))), at(array(3, c(1, 1, 1)))),
  atan2 = list(at(m, q), at(m, c(1, -2, 3))),
  activation = list(on(m, activation = activation_gelu()), on(m, activation = activation_softmax())),
  layer = list(list(tensors = list(m, matrix(sin(1:6), 3), c(0.1, -0.2)), settings = list(
    spec = layer_spec(layer_chain(layer_dense(units = 2, activation = "tanh"), 3L, 1L),
      3L, "float64"), training = FALSE, seed = 0))),
  penalty = list(list(tensors = list(c(0.4, -0.3, 0.2)),
    settings = list(choice = regularizer_l1_l2(0.1, 0.3)$choice)))
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

# The gradients of operations are the slopes of their values.
expect_slopes <- function(rows) {
  set.seed(1)
  for (name in names(rows)) for (case in autodiff_examples()[[name]]) {
    y <- run_row(rows[[name]], case$tensors, case$settings)
    dy <- y
    dy[] <- rnorm(length(y))
    v <- lapply(case$tensors, function(x) rnorm(length(x)))
    given <- do.call(rows[[name]]$vjp, c(list(dy, y), case$tensors, case$settings), quote = TRUE)
    for (i in seq_along(given)) expect_identical(dim(given[[i]]), dim(case$tensors[[i]]), label = name)
    along <- sum(mapply(function(g, d) sum(g * d), given, v))
    expect_equal(along, slope_of(rows[[name]], case, v, dy, 1e-5), tolerance = 1e-7, label = name)
    if (!name %in% analytic) next
    expect_equal(along, slope_of(rows[[name]], case, v, dy, 1e-30i), tolerance = 1e-13, label = name)
  }
}

gradient <- function(f, ...) differentiate(masked(f), list(...))$gradients

by_differences <- function(f, x, h = 1e-6) {
  vapply(seq_along(x), function(i) {
    step <- replace(numeric(length(x)), i, h)
    (f(x + step) - f(x - step)) / (2 * h)
  }, 0)
}

# Functions of m have the gradients that differences give.
expect_gradients <- function(...) {
  for (f in list(...)) {
    expect_equal(as.vector(gradient(f, m)[[1]]), by_differences(f, m), tolerance = 1e-8,
      label = deparse(body(f))[1])
  }
}
