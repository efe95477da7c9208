# Penalties on weights. A regularizer's `name` is its own; its `choice` names the engine's
# record, which serves l1, l2 and their sum.

#' Regularizers: penalties on weights or outputs
#'
#' A regularizer adds a penalty to the loss, once a step: it is not divided by the batch size
#' and not changed by sample weights, and it is part of what `evaluate()` and `val_loss`
#' show. Layers take one as `kernel_regularizer`, `bias_regularizer` and the like;
#' as `activity_regularizer` it sees the layer's output and is divided by the batch size.
#'
#' * `regularizer_l1()`: `l * sum(abs(w))`
#' * `regularizer_l2()`: `l * sum(w^2)`, without a factor of one half
#' * `regularizer_l1_l2()`: `l1 * sum(abs(w)) + l2 * sum(w^2)`
#' * `regularizer_orthogonal()`: the rows (or columns) of the matrix `w`, scaled to length 1,
#'   give the matrix G of their products; the penalty is `factor` times the mean of
#'   `abs(G)` over all pairs of different rows. A single row has no pair and no penalty.
#'
#' As strings: `"l1"`, `"l2"`, `"l1_l2"` and `"orthogonal_regularizer"`, with the defaults
#' shown above. Keras' `"l1l2"` has both factors 0, so it penalizes nothing; it is accepted with a
#' warning.
#'
#' Layers also take an R function of the array `w` that returns a number, such as
#' `kernel_regularizer = function(w) 0.01 * sum(abs(w))`; it is differentiated as [autodiff] says,
#' and slower, as R runs at each batch.
#'
#' @param l factor of the penalty, at least 0. `l1` and `l2`, its names in keras3, work as
#'   well.
#' @param l1,l2 factors of the two parts, at least 0. The defaults are those of R keras 2.x;
#'   in keras3 they are 0.
#' @param factor factor of the penalty, at least 0.
#' @param mode `"rows"` or `"columns"`. A dense layer's kernel has a row for each input and a
#'   column for each unit.
#' @param ... the other names of `l`.
#' @return an object of class `kestrel_regularizer`: a function of an array `w` that returns
#'   the penalty, with readable fields `name` and `config`.
#' @section Errors: `kestrel_error_argument` when a factor is negative, missing or not finite.
#' @source Keras: `keras.regularizers`.
#' @family regularizers
#' @examples
#' w <- matrix(c(3, 4, 0.1, 0.2), 2)
#' regularizer_l2(0.01)(w) # 0.01 * 25.05
#' regularizer_l1_l2(l1 = 0.01, l2 = 0.01)(w)
#' layer_dense(units = 3, kernel_regularizer = regularizer_l2(0.001))
#' layer_dense(units = 3, kernel_regularizer = "l2")
#' @export
regularizer_l1 <- function(l = 0.01, ...) {
  l <- renamed_factor(l, list(...), "l1", missing(l))
  new_regularizer("l1", list(l1 = l), choice("penalties", "l1_l2", list(l1 = l, l2 = 0)))
}

#' @rdname regularizer_l1
#' @export
regularizer_l2 <- function(l = 0.01, ...) {
  l <- renamed_factor(l, list(...), "l2", missing(l))
  new_regularizer("l2", list(l2 = l), choice("penalties", "l1_l2", list(l1 = 0, l2 = l)))
}

#' @rdname regularizer_l1
#' @export
regularizer_l1_l2 <- function(l1 = 0.01, l2 = 0.01) {
  config <- list(l1 = check_factor(l1 %||% 0, "l1"), l2 = check_factor(l2 %||% 0, "l2"))
  new_regularizer("l1_l2", config, choice("penalties", "l1_l2", config))
}

#' @rdname regularizer_l1
#' @export
regularizer_orthogonal <- function(factor = 0.01, mode = "rows") {
  config <- list(
    factor = check_factor(factor, "factor"),
    mode = check_choice(mode, c("rows", "columns"), "\"rows\" or \"columns\"")
  )
  values <- list(factor = config$factor, mode = config$mode == "columns")
  new_regularizer("orthogonal", config, choice("penalties", "orthogonal", values))
}

check_factor <- function(x, arg, call = caller_env()) {
  check_number(x, min = 0, arg = arg, call = call)
}

# `l`, or its keras3 name among the dots.
renamed_factor <- function(l, dots, other, l_missing, call = caller_env()) {
  check_dots(dots[setdiff(names2(dots), other)], c("l", other), call = call)
  if (!other %in% names2(dots)) return(check_factor(l, "l", call))
  if (!l_missing) stop_given_twice("l", other, call)
  check_factor(dots[[other]], other, call)
}

stop_given_twice <- function(arg, other, call) {
  stop_kestrel("argument", sprintf("`%s` and `%s` are the same argument; give one of them.",
    arg, other), argument = other, call = call)
}

new_regularizer <- function(name, config, choice) {
  penalty <- function(w) {
    self <- fields_of_self()
    w <- check_tensor(w)
    check_regularizer_rank(self, length(tensor_dims(w)))
    engine_penalty(self$choice, w)
  }
  new_object(penalty, list(name = name, config = config, choice = choice), "kestrel_regularizer")
}

# Numbers that could be a layer's weights: an array of at most four dimensions, as doubles.
check_tensor <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  good <- is.numeric(x) && !is.object(x) && length(x) > 0 && length(dim(x)) <= 4
  if (!good) stop_argument(arg, "a numeric vector, matrix or array", x, call = call)
  check_length(x, arg, call)
  if (all(is.finite(x))) return(x)
  stop_kestrel("argument", sprintf("`%s` must be finite; element %d is %s.", arg,
    which(!is.finite(x))[1], format(x[!is.finite(x)][1])), argument = arg, call = call)
}

# Orthogonality is one of a matrix's rows or columns.
check_regularizer_rank <- function(regularizer, rank, call = caller_env()) {
  if (is.null(regularizer) || regularizer$name != "orthogonal" || rank == 2) {
    return(invisible(regularizer))
  }
  stop_kestrel("shape", sprintf(
    "`regularizer_orthogonal()` needs a matrix, not an array of %d dimension%s.",
    rank, if (rank == 1) "" else "s"), value = rank, call = call)
}

# The record for a layer's output, which the engine keeps with samples as columns.
activity_choice <- function(regularizer) {
  if (is.null(regularizer) || regularizer$name != "orthogonal") return(regularizer$choice)
  choice("penalties", "orthogonal", list(
    factor = regularizer$config$factor, mode = regularizer$config$mode == "rows"
  ))
}

# NULL, a name, an object, one of the constructors above, or a function of an array.
as_regularizer <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.null(x)) return(NULL)
  if (is_own_function(x, regularizer_makers())) return(function_regularizer(x, arg, call))
  as_made(x, "kestrel_regularizer", regularizer_makers(), "a regularizer", arg, call)
}

regularizer_makers <- function() {
  list(
    l1 = regularizer_l1, l2 = regularizer_l2, l1_l2 = regularizer_l1_l2,
    orthogonal = regularizer_orthogonal, orthogonal_regularizer = regularizer_orthogonal,
    L1 = regularizer_l1, L2 = regularizer_l2, L1L2 = regularizer_zero, l1l2 = regularizer_zero,
    OrthogonalRegularizer = regularizer_orthogonal
  )
}

# Keras' class L1L2 without arguments.
regularizer_zero <- function() {
  warn_kestrel("regularizer", "\"l1l2\" has both factors 0, so it penalizes nothing.",
    hint = "\"l1_l2\" has factors of 0.01.")
  regularizer_l1_l2(0, 0)
}

# The same where the objects that names stand for never change: made once a session.
as_made_once <- function(x, class, makers, what, arg, call) {
  if (!is_string(x)) return(as_made(x, class, makers, what, arg, call))
  key <- paste(class, x)
  made <- the[[key]]
  if (!is.null(made)) return(made)
  check_known(x, makers, what, arg, call)
  made <- as_made(x, class, makers, what, arg, call)
  assign(key, made, envir = the)
  made
}

# An object of `class` from a name, from the object or from its constructor itself.
as_made <- function(x, class, makers, what, arg, call) {
  if (is.null(x) || inherits(x, class)) return(x)
  if (is.function(x)) {
    for (make in makers) if (identical(x, make)) return(make())
    stop_argument(arg, sprintf("the name of %s or an object made by its function", what), x,
      hint = "Functions of your own are not supported here.", call = call)
  }
  if (!is_string(x)) {
    stop_argument(arg, sprintf("the name of %s or an object made by its function", what), x,
      call = call)
  }
  check_choice(x, names(makers), what, arg = arg, call = call)
  makers[[x]]()
}
