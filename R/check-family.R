#' Single questions to a model
#'
#' [diagnose()] with the checks of one kind: whether the loss is at a proven floor
#' (`check_floor()`), targets suit loss and output (`check_targets()`), inputs are what they
#' should be (`check_inputs()`), rows and labels belong together (`check_labels()`), hidden
#' units are alive (`check_units()`), gradients arrive at all layers (`check_gradients()`),
#' steps are neither too large nor too small (`check_step_size()`), and what kind of point the
#' weights are (`check_curvature()`).
#'
#' @param model a compiled model.
#' @param x,y the data that were trained on.
#' @param ... further arguments of [diagnose()], such as `sample_weight` and `level`.
#' @return a diagnosis, as [diagnose()] gives it.
#' @section Errors: those of [diagnose()].
#' @family diagnosis
#' @name check_floor
#' @examples
#' x <- as.matrix(cars$speed) * 1e6
#' y <- cars$dist
#' model <- keras_model_sequential() %>%
#'   layer_dense(8, activation = "relu", input_shape = 1) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = "adam")
#' check_inputs(model, x, y)
#' check_units(model, x, y)
NULL

family_of_checks <- list(
  floor = c("D1", "S1", "S2", "C1", "C2", "K1a", "L1", "L3", "L5", "L9", "G2"),
  targets = c("D5", "D7", "D8", "R2", "R6", "L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", "L9",
    "L10", "L11"),
  inputs = c("R1", "R5", "R7", "R8", "R9", "D2", "D3", "D4", "D6"),
  units = c("U1", "U2", "U3", "U4", "S4", "S5"),
  gradients = c("O2", "O5", "O6", "O10", "S6"),
  step_size = c("O0", "O1", "O3", "O4", "O7", "O8", "O9"),
  curvature = c("K1a", "K1b", "K2"),
  labels = c("D9", "D10", "D11", "R3", "R4", "R10", "I1", "G3")
)

check_family <- function(model, x, y, kind, ..., call = caller_env()) {
  check_model(model, call = call)
  ids <- intersect(family_of_checks[[kind]], diagnosis_catalogue()$id)
  diagnose(model, x, y, checks = ids, ...)
}

#' @rdname check_floor
#' @export
check_floor <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "floor", ...)

#' @rdname check_floor
#' @export
check_targets <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "targets", ...)

#' @rdname check_floor
#' @export
check_inputs <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "inputs", ...)

#' @rdname check_floor
#' @export
check_units <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "units", ...)

#' @rdname check_floor
#' @export
check_gradients <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "gradients",
  ...)

#' @rdname check_floor
#' @export
check_step_size <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "step_size",
  ...)

#' @rdname check_floor
#' @export
check_curvature <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "curvature",
  ...)

#' @rdname check_floor
#' @export
check_labels <- function(model, x = NULL, y = NULL, ...) check_family(model, x, y, "labels", ...)
