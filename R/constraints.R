# Conditions on weights that hold after each step of the optimizer.

#' Constraints on weights
#'
#' A constraint changes a layer's weights after each step of the optimizer, so that they
#' keep to a condition. Layers take one as `kernel_constraint`, `bias_constraint` and the
#' like. With `n <- sqrt(sum(w^2))` over `axis`:
#'
#' * `constraint_maxnorm()`: `w * min(n, max_value) / (1e-7 + n)`
#' * `constraint_unitnorm()`: `w / (1e-7 + n)`
#' * `constraint_minmaxnorm()`: `w * (rate * clip(n, min_value, max_value) + (1 - rate) * n) /
#'   (1e-7 + n)`
#' * `constraint_nonneg()`: `max(w, 0)`
#'
#' Because of the 1e-7 weights shrink a little even where the condition holds already, as they
#' do in Keras.
#'
#' As strings: `"max_norm"`, `"unit_norm"`, `"min_max_norm"`, `"non_neg"` and their old forms
#' without the inner underscore, with the defaults shown above.
#'
#' Layers also take an R function of the array `w` that returns the changed array, such as
#' `kernel_constraint = function(w) pmax(w, 0)`; it runs after each batch.
#'
#' @param max_value,min_value bounds of the norm, at least 0, and in this order.
#' @param rate how far weights go towards the bounds in one step; 1 is all the way.
#' @param axis axes over which the norm is taken, counted from 0 as in R keras 2.x; negative
#'   ones count from the last. A dense layer's kernel has inputs on axis 0 and units on axis
#'   1: with the default each unit's weights have their own norm.
#' @return an object of class `kestrel_constraint`: a function of an array `w` that returns
#'   the changed array, with readable fields `name` and `config`.
#' @section Errors: `kestrel_error_argument` for bounds and axes that cannot be meant;
#'   `kestrel_error_shape` when the weights have no such axis.
#' @source Keras: `keras.constraints`.
#' @family constraints
#' @examples
#' w <- matrix(c(3, 4, 0.1, 0.2), 2)
#' constraint_maxnorm(2)(w)
#' constraint_unitnorm(axis = c(0, 1))(w)
#' layer_dense(units = 3, kernel_constraint = constraint_maxnorm(2))
#' layer_dense(units = 3, kernel_constraint = "non_neg")
#' @export
constraint_maxnorm <- function(max_value = 2, axis = 0) {
  config <- list(max_value = check_number(max_value, min = 0), axis = check_axes(axis))
  new_constraint("max_norm", config)
}

#' @rdname constraint_maxnorm
#' @export
constraint_nonneg <- function() new_constraint("non_neg", named_list())

#' @rdname constraint_maxnorm
#' @export
constraint_unitnorm <- function(axis = 0) {
  new_constraint("unit_norm", list(axis = check_axes(axis)))
}

#' @rdname constraint_maxnorm
#' @export
constraint_minmaxnorm <- function(min_value = 0, max_value = 1, rate = 1, axis = 0) {
  max_value <- check_number(max_value, min = check_number(min_value, min = 0))
  config <- list(
    min_value = as.double(min_value), max_value = max_value,
    rate = check_number(rate, min = 0), axis = check_axes(axis)
  )
  new_constraint("min_max_norm", config)
}

named_list <- function() stats::setNames(list(), character())

# Whole numbers from -4 to 3, each once.
check_axes <- function(x, arg = caller_arg(x), call = caller_env()) {
  force(arg)
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.numeric(x) && !is.object(x) && length(x) > 0 && all(is.finite(x)) &&
    all(x == trunc(x)) && all(x >= -4 & x <= 3) && !anyDuplicated(x)
  if (good) return(as.integer(x))
  stop_argument(arg, "whole numbers from -4 to 3, each once", x,
    hint = "Axes count from 0; -1 is the last.", call = call)
}

new_constraint <- function(name, config) {
  constrain <- function(w) {
    self <- fields_of_self()
    w <- check_tensor(w)
    axes <- constraint_axes(self, length(tensor_dims(w)))
    engine_constraint(self$choice, axes, w)
  }
  values <- config[setdiff(names(config), "axis")]
  fields <- list(name = name, config = config, choice = choice("constraints", name, values))
  new_object(constrain, fields, "kestrel_constraint")
}

# The axes of a constraint on an array of `rank` dimensions, as bits: axis a is 2^a.
constraint_axes <- function(constraint, rank, call = caller_env()) {
  axis <- constraint$config$axis
  if (is.null(axis)) return(0L)
  from_first <- ifelse(axis < 0, axis + rank, axis)
  bad <- from_first < 0 | from_first >= rank
  if (any(bad)) stop_axis(constraint, axis[bad][1], rank, call)
  as.integer(sum(2^unique(from_first)))
}

stop_axis <- function(constraint, axis, rank, call) {
  stop_kestrel("shape", sprintf(
    "Constraint \"%s\" has axis %d, but the weights have %d dimension%s.",
    constraint$name, axis, rank, if (rank == 1) "" else "s"
  ), hint = "Axes count from 0; -1 is the last.", argument = "axis", value = axis, call = call)
}

# NULL, a name, an object, one of the constructors above, or a function of an array.
as_constraint <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  if (inherits(x, "KerasConstraint") && inherits(x, "R6")) return(r6_constraint(x, arg, call))
  if (is_own_function(x, constraint_makers())) return(function_constraint(x, arg, call))
  as_made(x, "kestrel_constraint", constraint_makers(), "a constraint", arg, call)
}

constraint_makers <- function() {
  makers <- list(
    max_norm = constraint_maxnorm, non_neg = constraint_nonneg, unit_norm = constraint_unitnorm,
    min_max_norm = constraint_minmaxnorm
  )
  old <- c("maxnorm", "nonneg", "unitnorm", "minmaxnorm")
  class_names <- c("MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm")
  c(makers, stats::setNames(makers, old), stats::setNames(makers, class_names))
}
