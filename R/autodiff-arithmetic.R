# Arithmetic and mathematics on traced values, number by number. Vectors are recycled as R does
# it; arrays of other shapes are repeated along dimensions of 1, counted from the last, as Keras
# does it. Where that cannot be, an array of one dim has a number for each sample, as in R.

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
  get(name, baseenv())(m$a, m$b)
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
    list(fold_to(by_a(dy, y, m$a, m$b), a), fold_to(by_b(dy, y, m$a, m$b), b))
  })
}

# Two values that R combines number by number.
matched <- function(a, b) {
  if (length(a) == 1 && length(b) != 1) dim(a) <- NULL
  if (length(b) == 1 && length(a) != 1) dim(b) <- NULL
  if (is.null(dim(a)) || is.null(dim(b))) return(recycled(a, b))
  if (identical(dim(a), dim(b))) return(list(a = a, b = b))
  if (is_by_sample(a, dim(b))) return(list(a = as.vector(a), b = b))
  if (is_by_sample(b, dim(a))) return(list(a = a, b = as.vector(b)))
  rank <- max(length(dim(a)), length(dim(b)))
  dim(a) <- padded_dims(a, rank)
  dim(b) <- padded_dims(b, rank)
  dims <- common_dims(dim(a), dim(b), FALSE)
  if (is.null(dims)) stop_unlike(a, b)
  list(a = repeat_to(a, dims), b = repeat_to(b, dims))
}

is_by_sample <- function(x, dims) {
  n <- dim(x)
  length(n) == 1 && length(dims) > 1 && n == dims[1] && !dims[length(dims)] %in% c(1L, n)
}

# A shorter one goes into the longer one.
recycled <- function(a, b) {
  n <- range(length(a), length(b))
  if (n[1] > 0 && n[2] %% n[1] > 0) stop_unlike(a, b)
  list(a = a, b = b)
}

padded_dims <- function(x, rank) c(rep(1L, rank - length(dim(x))), dim(x))

stop_unlike <- function(a, b) {
  stop_kestrel("shape", sprintf("arrays of %s and %s do not go together",
    paste(tensor_dims(a), collapse = " x "), paste(tensor_dims(b), collapse = " x ")), call = NULL)
}

# Sums over what had been repeated, so that the shape is that of x.
fold_to <- function(dy, x) {
  if (length(dy) != length(x)) dy <- folded(dy, x)
  shape_like(as.vector(dy), x)
}

folded <- function(dy, x) {
  if (length(x) == 1) return(sum(dy))
  if (is.null(dim(x)) || is.null(dim(dy)) || is_by_sample(x, dim(dy))) return(rowSums(matrix(dy, nrow = length(x))))
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
