#' Constraints as R6 classes
#'
#' `KerasConstraint` is what classes of constraints of R keras 2.x inherit from:
#' `R6::R6Class("Mine", inherit = KerasConstraint, public = list(call = function(w) ...))`. An
#' object of such a class stands where those of [constraint_maxnorm()] do; `call(w)` is given the
#' array of a weight after each step of the optimizer and returns the changed array. It needs the
#' package 'R6'.
#'
#' @format an R6 class generator.
#' @section Errors: `kestrel_error_state` when 'R6' is not installed, and those of a function as a
#'   constraint, see [constraint_maxnorm()].
#' @source R package 'keras' 2.x.
#' @family constraints
#' @name KerasConstraint
#' @aliases KerasConstraint
#' @export KerasConstraint
#' @examplesIf requireNamespace("R6", quietly = TRUE)
#' NonNegative <- R6::R6Class("NonNegative", inherit = KerasConstraint, public = list(
#'   call = function(w) w * k_cast(k_greater_equal(w, 0), k_floatx())
#' ))
#' layer_dense(units = 2, kernel_constraint = NonNegative$new())(matrix(-1:1, 1))
NULL

keras_constraint_class <- function() {
  if (is.null(the$keras_constraint)) assign("keras_constraint", new_keras_constraint_class(),
    envir = the)
  the$keras_constraint
}

new_keras_constraint_class <- function(installed = requireNamespace("R6", quietly = TRUE)) {
  if (!installed) return(list(new = stop_no_r6))
  R6::R6Class("KerasConstraint",
    public = list(call = function(w) w, get_config = function() list()),
    lock_objects = FALSE)
}

# The object itself is asked, so that what it keeps in its fields counts.
r6_constraint <- function(x, arg, call) function_constraint(function(w) x$call(w), arg, call)
