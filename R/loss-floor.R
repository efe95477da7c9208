#' How low the training loss can go
#'
#' `loss_floor()` returns a number below which no weights can bring the loss of this model on
#' these data. It is proven from the layers, the loss, and the data, not from training: the
#' weights that the model has do not enter.
#'
#' @details
#' The highest of these floors is returned; its `type` says which:
#'
#' * `"affine"`: all layers are linear, so outputs are `x %*% B + b`, and the mean squared
#'   error is at least that of least squares.
#' * `"reduced-rank"`: outputs are linear in `r` numbers, as many as the narrowest layer on
#'   the way has units. The squares of all singular values of the (fitted, centred) targets
#'   but the `r` largest come on top (Eckart and Young).
#' * `"dual"`: all layers are linear, and the loss is convex in the outputs: absolute errors,
#'   Huber's, log-cosh, hinge losses, Poisson's, binary and categorical cross-entropy of logits
#'   (a sigmoid or softmax at the end included). The floor comes from a feasible point of the
#'   dual problem, found by Newton's or an interior-point method, and is within a relative 1e-8
#'   or so of the best linear outputs, more where these are hard to find.
#' * `"separable"`: linear logits get all classes right, so cross-entropy falls towards 0
#'   while the weights grow, and never reaches it.
#' * `"piecewise"`: of one input, relu layers make lines joined at kinks, as many as their
#'   units allow; the mean squared error is at least that of the best lines for so many stretches
#'   of neighbouring `x` (up to 500 different ones).
#' * `"duplicates"`: rows that are equal in `x` get equal outputs, so where their targets differ
#'   the loss is at least that of their mean, median, or share of classes.
#' * `"range"`: outputs are in the range of the last activation, which does not hold all
#'   targets.
#' * `"targets"`: the loss of these targets is above 0 for any outputs: smoothed labels, counts.
#' * `"sum"`: of several outputs, whose weighted losses add up: the sum of their floors.
#' * `"none"`: nothing better than the least value of the loss is known.
#'
#' Models may have several inputs, outputs, shared layers and embeddings. A linear function of
#' several inputs is one of their columns side by side; an embedding that reads an input is linear
#' in indicators of its codes (up to 100 of them). R functions as layers or activations may do
#' anything, so that only what stands behind them counts; of a loss that is an R function no least
#' value is known, and the floor is `-Inf`.
#'
#' Steps that masks leave out of a loss weigh nothing; where masks depend on weights or R functions,
#' only its least value counts.
#'
#' Rounding: a floor is lowered by a bound on the rounding errors in its computation, about
#' 1e-13 of the size of the numbers it is made of. Data are taken in the precision of the
#' model; the loss of a float32 model, summed in float32, can be seen below its floor by float32's
#' rounding, 1e-7 of its terms. Columns of `x` count as dependent when they are so to 25 digits. A
#' column that was made as a sum of others, and rounded, is not: very large weights could use what
#' was rounded, so it is in the floor; but such a floor is not said to be attained, and a note
#' tells.
#'
#' The loss is that of `evaluate()` without the penalties of regularizers, which only add to
#' it; sample weights, class weights, reduction and the weight of the loss are taken into
#' account. `notes` tell what the floor is no statement about.
#'
#' @param model a compiled model whose input shape is known.
#' @inheritParams fit.kestrel_model
#' @param ... must be empty.
#' @return a number of class `kestrel_floor` with attributes
#'   * `type`, see above;
#'   * `attained`: `TRUE` when some weights reach it, `FALSE` when it is only approached, `NA`
#'     when that is not known;
#'   * `certificate`: a list with what is needed to check the floor;
#'   * `notes`: a character vector.
#' @section Errors: `kestrel_error_state` (not compiled, not built), `kestrel_error_argument`
#'   with its kinds `kestrel_error_shape` and `kestrel_error_data`.
#' @source Eckart and Young (1936), The approximation of one matrix by another of lower rank;
#'   Baldi and Hornik (1989), Neural networks and principal component analysis; Portnoy and
#'   Koenker (1997), The Gaussian hare and the Laplacian tortoise.
#' @family diagnosis
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential(input_shape = 1) %>%
#'   layer_dense(10) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse")
#' loss_floor(model, x, y)
#' @export
loss_floor <- function(model, x, y, sample_weight = NULL, class_weight = NULL, ...) {
  check_dots(list(...), names(formals(loss_floor)))
  check_model(model)
  problem <- floor_problem(model, x, y, sample_weight, class_weight)
  new_floor(problem_floor(problem), problem)
}

problem_floor <- function(problem) {
  best <- lapply(problem_parts(problem), function(part) best_floor(architecture_floors(part)))
  if (is.null(problem$parts)) best[[1]] else joint_floor(best, problem$parts)
}

# Of losses that add up: a sum of floors is a floor. It is attained where each is and no weights are
# shared, and not where one is not.
joint_floor <- function(best, parts) {
  types <- vapply(best, `[[`, "", "type")
  attained <- vapply(best, `[[`, NA, "attained")
  weights <- unlist(lapply(parts, function(part) unique(part$network$weights)))
  if (isTRUE(all(attained)) && anyDuplicated(weights)) attained <- NA
  sum_of <- function(name) sum(vapply(best, `[[`, 0, name))
  value <- sum_of("value")
  value <- value - 2 * .Machine$double.eps * abs(value)
  new_candidate(value, if (all(types %in% c("none", ""))) types[1] else "sum", all(attained),
    list(kind = "sum", value = value, parts = lapply(best, `[[`, "certificate"), types = types),
    about = sum_of("about"),
    rounding = any(vapply(best, function(floor) isTRUE(floor$rounding), NA)))
}

architecture_floors <- function(problem) {
  if (is_bare(problem)) return(list(least_floor(problem)))
  affine <- c(squares_floors(problem), convex_floors(problem))
  c(affine, list(least_floor(problem)), data_floors(problem), pieces_floors(problem))
}

# `about`: the floor before it was lowered for rounding, to be shown; `rounding`: whether it rests
# on differences of inputs that may be nothing but rounding.
new_candidate <- function(value, type, attained, certificate, about = value, rounding = FALSE) {
  list(value = value, type = type, attained = attained, certificate = certificate, about = about,
    rounding = rounding)
}

# The first of those that are equal up to rounding. Sums that overflow are no floors.
best_floor <- function(candidates) {
  candidates <- Filter(function(candidate) !is.nan(candidate$value), candidates)
  values <- vapply(candidates, `[[`, 0, "value")
  best <- max(values)
  candidates[[which(values == best | values > best - 1e-12 * abs(best))[1]]]
}

# The least value that the loss has at all.
least_floor <- function(problem) {
  total <- sum(problem$s)
  value <- if (total == 0) 0 else total * least_value(problem, problem$network$range)
  new_candidate(value, "none", NA, list(kind = "least", value = value))
}

new_floor <- function(floor, problem) {
  structure(floor$value, type = floor$type, attained = floor$attained,
    certificate = floor$certificate, notes = c(as.character(problem$notes), rounding_note(floor)),
    class = c("kestrel_floor", "numeric"))
}

rounding_note <- function(floor) {
  if (isTRUE(floor$rounding)) paste("Columns of x that are sums of others but for rounding count as columns of",
    "their own: weights large enough to use that could get there, those of a training do not.")
}

#' @export
format.kestrel_floor <- function(x, digits = 7, ...) {
  sprintf("%.*g", digits, as.vector(unclass(x)))
}

#' @export
print.kestrel_floor <- function(x, ...) {
  cat(c(floor_text(x), attr(x, "notes")), sep = "\n")
  invisible(x)
}

floor_text <- function(x) {
  value <- as.vector(unclass(x))
  if (value == -Inf) return("The loss of this model has no floor that is known: it may be unbounded below.")
  if (attr(x, "type") == "none") {
    return(sprintf("No floor above %s is known for this model on these data.", format(x)))
  }
  sprintf("No weights of this model can go below %s on these data (%s%s).", format(x),
    attr(x, "type"), attained_text(attr(x, "attained")))
}

attained_text <- function(attained) {
  if (is.na(attained)) return("")
  if (attained) ", attained" else ", approached but not attained"
}
