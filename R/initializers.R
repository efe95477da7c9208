#' Initializers: the first values of weights
#'
#' Layers take one as `kernel_initializer`, `bias_initializer` and the like. Called with a
#' shape, an initializer returns an array of such values.
#'
#' With `fan_in` inputs and `fan_out` outputs of a weight (the rows and columns of a dense
#' layer's kernel; both the length of a vector; with more dimensions the last two, times the
#' product of the others):
#'
#' * `initializer_zeros()`, `initializer_ones()`, `initializer_constant()`: always the same
#' * `initializer_random_normal()`: normal with `mean` and `stddev`
#' * `initializer_truncated_normal()`: the same, drawn again beyond `mean +- 2 * stddev`
#' * `initializer_random_uniform()`: uniform from `minval` to `maxval`
#' * `initializer_variance_scaling()`: mean 0 and variance `scale / n`, where `n` is `fan_in`,
#'   `fan_out` or, by `"fan_avg"`, their mean, and at least 1. A normal distribution truncated
#'   at two standard deviations (wider by 1 / 0.8796, so that the variance holds), a whole one
#'   (`"untruncated_normal"`), or a uniform one on `+- sqrt(3 * scale / n)`
#' * `initializer_glorot_*()`: that with scale 1 and `"fan_avg"`; `initializer_he_*()`: scale 2
#'   and `"fan_in"`; `initializer_lecun_*()`: scale 1 and `"fan_in"`
#' * `initializer_orthogonal()`: `gain` times a matrix with orthonormal columns or, where it
#'   has fewer rows than columns, rows: Q of the QR decomposition of a matrix of normal
#'   numbers, its columns turned so that R has a positive diagonal. More than two dimensions
#'   count as a matrix with the columns of the last one
#' * `initializer_identity()`: `gain` on the diagonal of a matrix, else 0
#'
#' As strings: their names without `initializer_`, such as `"he_normal"`, with the defaults
#' shown above; also `"zero"`, `"one"`, `"uniform"` and `"normal"`. An array of the weight's shape
#' works as an initializer, and so does a function of the shape that returns one.
#'
#' @param value the number; or an array, for weights of its shape.
#' @param mean,stddev mean and standard deviation, the latter at least 0.
#' @param minval,maxval ends of the range.
#' @param scale factor of the variance, above 0.
#' @param mode `"fan_in"`, `"fan_out"` or `"fan_avg"`.
#' @param distribution `"truncated_normal"` (also `"normal"`), `"untruncated_normal"` or
#'   `"uniform"`.
#' @param gain a factor.
#' @param seed a whole number of at least 0, which gives the same values for the same shape
#'   each time; `NULL`: drawn from R's random numbers.
#' @return an object of class `kestrel_initializer`: a function of `shape` (whole numbers, one
#'   to four dimensions) that returns an array, with readable fields `name` and `config`.
#' @section Errors: `kestrel_error_argument` for settings out of their range;
#'   `kestrel_error_shape` when the weight has not the shape the initializer needs;
#'   `kestrel_error_callback` when a function fails or returns something else.
#' @source Keras: `keras.initializers`. Glorot and Bengio (2010), "Understanding the difficulty
#'   of training deep feedforward neural networks"; He and others (2015), "Delving deep into
#'   rectifiers"; Saxe and others (2014), "Exact solutions to the nonlinear dynamics of
#'   learning in deep linear neural networks".
#' @family initializers
#' @examples
#' initializer_he_normal(seed = 1)(c(3, 2))
#' initializer_orthogonal()(c(2, 2))
#' layer_dense(units = 3, kernel_initializer = initializer_random_normal(stddev = 0.01))
#' layer_dense(units = 3, kernel_initializer = "he_uniform", bias_initializer = "ones")
#' @name initializers
NULL

#' @rdname initializers
#' @export
initializer_zeros <- function() new_initializer("zeros")

#' @rdname initializers
#' @export
initializer_ones <- function() new_initializer("ones")

#' @rdname initializers
#' @export
initializer_constant <- function(value = 0) {
  if (is.numeric(value) && length(dim(value))) return(array_initializer(value, "value"))
  new_initializer("constant", list(value = check_number(value)))
}

#' @rdname initializers
#' @export
initializer_random_normal <- function(mean = 0, stddev = 0.05, seed = NULL) {
  config <- list(mean = check_number(mean), stddev = check_number(stddev, min = 0))
  new_initializer("random_normal", config, check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_truncated_normal <- function(mean = 0, stddev = 0.05, seed = NULL) {
  config <- list(mean = check_number(mean), stddev = check_number(stddev, min = 0))
  new_initializer("truncated_normal", config, check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_random_uniform <- function(minval = -0.05, maxval = 0.05, seed = NULL) {
  minval <- check_number(minval)
  config <- list(minval = minval, maxval = check_number(maxval, min = minval))
  new_initializer("random_uniform", config, check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_variance_scaling <- function(scale = 1, mode = c("fan_in", "fan_out", "fan_avg"),
                                         distribution = c("truncated_normal",
                                           "untruncated_normal", "uniform", "normal"),
                                         seed = NULL) {
  config <- list(
    scale = check_positive(scale),
    mode = check_setting(mode, c("fan_in", "fan_out", "fan_avg")),
    distribution = check_setting(distribution,
      c("truncated_normal", "untruncated_normal", "uniform", "normal"))
  )
  if (config$distribution == "normal") config$distribution <- "truncated_normal"
  new_initializer("variance_scaling", config, check_seed(seed))
}

# One of `choices`; all of them, the default, stand for the first.
check_setting <- function(x, choices, arg = caller_arg(x), call = caller_env()) {
  if (identical(x, choices)) return(choices[1])
  check_choice(x, choices, "one of its choices", arg = arg, call = call)
}

#' @rdname initializers
#' @export
initializer_glorot_uniform <- function(seed = NULL) {
  new_initializer("glorot_uniform", seed = check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_glorot_normal <- function(seed = NULL) {
  new_initializer("glorot_normal", seed = check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_he_uniform <- function(seed = NULL) {
  new_initializer("he_uniform", seed = check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_he_normal <- function(seed = NULL) {
  new_initializer("he_normal", seed = check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_lecun_uniform <- function(seed = NULL) {
  new_initializer("lecun_uniform", seed = check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_lecun_normal <- function(seed = NULL) {
  new_initializer("lecun_normal", seed = check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_orthogonal <- function(gain = 1, seed = NULL) {
  new_initializer("orthogonal", list(gain = check_number(gain)), check_seed(seed))
}

#' @rdname initializers
#' @export
initializer_identity <- function(gain = 1) {
  new_initializer("identity", list(gain = check_number(gain)))
}

check_seed <- function(x, arg = caller_arg(x), call = caller_env()) {
  check_count(x, min = 0L, null = TRUE, arg = arg, call = call)
}

# By name in Keras: the engine's own, the old ones, and those of the classes.
initializer_makers <- function() {
  names <- registry("initializers")$name
  makers <- lapply(names, function(name) get(paste0("initializer_", name), topenv()))
  class_names <- gsub("(^|_)([a-z])", "\\U\\2", names, perl = TRUE)
  c(
    stats::setNames(makers, names), stats::setNames(makers, class_names),
    list(
      zero = initializer_zeros, one = initializer_ones, normal = initializer_random_normal,
      uniform = initializer_random_uniform, OrthogonalInitializer = initializer_orthogonal,
      IdentityInitializer = initializer_identity
    )
  )
}
