# Arithmetic and mathematics on traced values, number by number. Arrays of different shapes line up
# at their last dims and are repeated along dims of 1, as Keras does it; a vector is an array of one
# dim, unless it has a number for each row, see autodiff-rows.R.

# One method for traced values, variables and symbolic tensors, as they meet each other.
#' @export
Ops.kestrel_operand <- function(e1, e2) {
  if (is_tensor(e1) || !missing(e2) && is_tensor(e2)) return(tensor_operator(.Generic, e1, e2))
  if (.Generic %in% compared_operators) {
    return(if (missing(e2)) !plain(e1) else plain_operator(.Generic, plain(e1), plain(e2)))
  }
  if (missing(e2)) return(if (.Generic == "-") operate("-", list(0, e1)) else e1)
  operate(.Generic, list(e1, e2))
}

# Their result is no number, and constant where it does not jump.
compared_operators <- c("<", ">", "<=", ">=", "==", "!=", "&", "|", "!")

plain_operator <- function(name, a, b) {
  m <- matched(a, b)
  y <- get(name, baseenv())(m$a, m$b)
  if (name %in% compared_operators) keep_lie(y, m) else y
}

arithmetic_operations <- function() {
  list(
    `+` = binary(`+`, function(dy, y, a, b) dy, function(dy, y, a, b) dy),
    `-` = binary(`-`, function(dy, y, a, b) dy, function(dy, y, a, b) -dy),
    `*` = binary(`*`, function(dy, y, a, b) dy * b, function(dy, y, a, b) dy * a),
    `/` = binary(`/`, function(dy, y, a, b) dy / b, function(dy, y, a, b) -dy * y / b),
    `^` = binary(`^`, power_by_base, power_by_exponent)
  )
}

power_by_base <- function(dy, y, a, b) {
  slope <- b * a^(b - 1)
  dy * replace(slope, rep_len(b == 0, length(slope)), 0)
}

power_by_exponent <- function(dy, y, a, b) dy * y * log(replace(a, Re(a) <= 0, 1))

# From functions of values of one shape; by_a and by_b give dy times the slopes.
binary <- function(value, by_a, by_b) {
  list(value = function(a, b) {
    m <- matched(a, b)
    value(m$a, m$b)
  }, vjp = function(dy, y, a, b) {
    m <- matched(a, b)
    list(fold_to(by_a(dy, y, m$a, m$b), a, b), fold_to(by_b(dy, y, m$a, m$b), b, a))
  })
}

# Two values that R combines number by number.
matched <- function(a, b) {
  if (identical(dim(a), dim(b))) return(if (is.null(dim(a))) recycled(a, b) else list(a = a, b = b))
  if (is_one(a, b)) dim(a) <- NULL
  if (is_one(b, a)) dim(b) <- NULL
  if (length(a) == 1 && is.null(dim(a)) || length(b) == 1 &&
    is.null(dim(b))) return(list(a = a, b = b))
  list(a = laid(a, b), b = laid(b, a))
}

# A single number goes with anything, but makes a row of a vector where it has more dims.
is_one <- function(x, other) {
  if (length(x) != 1 || length(other) == 1) return(FALSE)
  !length(other) || length(dim(x)) <= length(dim(other)) || is_by_row(other)
}

# A shorter one goes into the longer one.
recycled <- function(a, b) {
  n <- range(length(a), length(b))
  if (n[1] > 0 && n[2] %% n[1] > 0) stop_unlike(a, b)
  list(a = a, b = b)
}

# x as R's own operators take it beside the other.
laid <- function(x, other) {
  if (is_down(x, other)) return(x)
  if (is_down(other, x)) return(if (length(dim(x)) == 1 && is_by_row(other)) as.vector(x) else x)
  dims <- joint_dims(x, other)
  repeat_to(with_dims(x, padded_dims(x, length(dims))), dims)
}

joint_dims <- function(a, b) {
  rank <- max(1, length(dim(a)), length(dim(b)))
  common_dims(padded_dims(a, rank), padded_dims(b, rank), FALSE) %||% stop_unlike(a, b)
}

padded_dims <- function(x, rank) {
  dims <- tensor_dims(x)
  c(rep(1L, rank - length(dims)), dims)
}

stop_unlike <- function(a, b) {
  stop_kestrel("shape", sprintf("arrays of %s and %s do not go together",
    paste(tensor_dims(a), collapse = " x "), paste(tensor_dims(b), collapse = " x ")),
    hint = if (lacks_axis(a, b) ||
      lacks_axis(b, a)) "keepdims = TRUE keeps the axis that a sum or mean is over.",
    call = NULL)
}

lacks_axis <- function(x, other) {
  length(tensor_dims(x)) == 1 && length(dim(other)) > 1 && length(x) == dim(other)[1]
}

# Sums over what had been repeated beside the other, so that the shape is that of x.
fold_to <- function(dy, x, other) {
  if (length(dy) != length(x)) dy <- folded(dy, x, other)
  shape_like(as.vector(dy), x)
}

folded <- function(dy, x, other) {
  if (length(x) == 1) return(sum(dy))
  if (is.null(dim(dy)) || is_down(x, other)) return(rowSums(matrix(dy, nrow = length(x))))
  dims <- padded_dims(x, length(dim(dy)))
  sum_axes(dy, which(dims != dim(dy)))
}

#' @export
Math.kestrel_traced <- function(x, ...) {
  if (.Generic %in% stepped_math) return(get(.Generic, baseenv())(plain(x), ...))
  if (.Generic == "log" && ...length()) return(operate("log", list(x)) / log(...))
  operate(.Generic, list(x))
}

# Constant where they do not jump: their result is no longer traced.
stepped_math <- c("sign", "floor", "ceiling", "trunc", "round", "signif")

math_operations <- function() {
  list(
    abs = unary(abs, function(x, y) sign(Re(x))),
    sqrt = unary(sqrt, function(x, y) 1 / (2 * y)),
    exp = unary(exp, function(x, y) y),
    expm1 = unary(expm1, function(x, y) y + 1),
    log = unary(log, function(x, y) 1 / x),
    log2 = unary(log2, function(x, y) 1 / (x * log(2))),
    log10 = unary(log10, function(x, y) 1 / (x * log(10))),
    log1p = unary(log1p, function(x, y) 1 / (1 + x)),
    sin = unary(sin, function(x, y) cos(x)),
    cos = unary(cos, function(x, y) -sin(x)),
    tan = unary(tan, function(x, y) 1 + y^2),
    sinh = unary(sinh, function(x, y) cosh(x)),
    cosh = unary(cosh, function(x, y) sinh(x)),
    tanh = unary(tanh, function(x, y) (1 - y) * (1 + y)),
    asin = unary(asin, function(x, y) 1 / sqrt((1 - x) * (1 + x))),
    acos = unary(acos, function(x, y) -1 / sqrt((1 - x) * (1 + x))),
    atan = unary(atan, function(x, y) 1 / (1 + x^2)),
    asinh = unary(asinh, function(x, y) 1 / sqrt(x^2 + 1)),
    acosh = unary(acosh, function(x, y) 1 / sqrt((x - 1) * (x + 1))),
    atanh = unary(atanh, function(x, y) 1 / ((1 - x) * (1 + x))),
    gamma = unary(gamma, function(x, y) y * digamma(x)),
    lgamma = unary(lgamma, function(x, y) digamma(x)),
    digamma = unary(digamma, function(x, y) trigamma(x)),
    plogis = unary(stats::plogis, function(x, y) y * stats::plogis(-x)),
    softplus = unary(function(x) pmax(x, 0) + log1p(exp(-abs(x))), function(x, y) stats::plogis(x)),
    pnorm = unary(stats::pnorm, function(x, y) stats::dnorm(x))
  )
}

unary <- function(value, slope) {
  list(value = function(x) shape_like(value(x), x), vjp = function(dy, y, x) list(dy * slope(x, y)))
}
