# diagnose(): gathers the case, walks the table of checks, ranks what was found.

#' Why does the loss stay there?
#'
#' `diagnose()` looks for the reason why a network does not learn, or no further: in the
#' structure of the model, in the data, in the match of loss and output, in units that are
#' dead or saturated, in the optimizer, and in the shape of the loss around the weights.
#'
#' What it finds has a level of confidence. `PROVEN`: a certificate was computed, which
#' [verify_finding()] checks again by itself; only then does the text say "cannot".
#' `STRONG`: measured, with a margin. `LIKELY`: a rule of thumb. Faults are ranked by the share
#' of the excess loss they explain: the loss, less the lowest value that is known to be
#' reachable by some function of these inputs (0, or the floor set by equal rows with
#' different targets). At most three are printed; notes, which are no faults, take a line.
#'
#' What more freedom would only fit to noise is no fault. A linear model is one where validation
#' data (20 rows or more: by kernel ridge regression of its residuals), or else an F test of squares
#' and products of inputs and a permutation test of residuals of near rows (with ten rows or more
#' for each coefficient), speak for a bend, or where there are too few rows to tell. Of one input,
#' units are too few where they leave more than the variance about the lines through neighbours.
#' Equal rows with different targets are a fault only where rows repeat as copies do.
#'
#' The levels differ in what may be computed: `"quick"` looks at model, data, history and one
#' forward pass; `"standard"` adds gradients, decompositions and products with the Hessian;
#' `"full"` adds restarts and permutation tests within `budget` seconds.
#'
#' A model may have several inputs and outputs, shared layers, embeddings and R functions. Of
#' several outputs, whose weighted losses add up, units, gradients and curvature are those of the
#' whole, while what is about one target is asked for each output by itself: such findings name it,
#' and explain a share of the sum. A few checks make sense for chains of dense layers with one
#' output only; `summary()` says `"does not apply"` for them. What needs derivatives is left out
#' where R functions are part of the model. Where masks leave steps out of the loss, those that
#' count are the rows that are looked at, if each goes through the layers by itself (and `try_fix()`
#' trains such a network of single steps); elsewhere what needs data is left out.
#'
#' Dropout and noise that go on in inference, in layers called with `training = TRUE`, keep the loss
#' up on purpose: what is diagnosed is the network with them off, and that is said.
#'
#' The model is never changed, nor R's random numbers.
#'
#' @param object a compiled model, or the history of a fit (which holds losses, but neither model
#'   nor data: only divergence and overfitting can be seen in it).
#' @param x,y the data that were trained on; without them only what can be seen without data
#'   is checked. A sparse `x` of package 'Matrix' is made dense, and may hold 1e7 numbers at most.
#' @param history the history of the fit; by default that of the model.
#' @param validation_data `list(x, y)`.
#' @param sample_weight a weight for each sample, as in [fit()][fit.kestrel_model].
#' @param checks `"all"`, or ids of checks such as `c("S1", "U1")`.
#' @param level `"quick"`, `"standard"` or `"full"`.
#' @param verify whether to check the certificates again at once.
#' @param budget seconds that the searches of level `"full"` may take; those of `"standard"` take
#'   0.3 at most.
#' @param explain whether `print()` shows the reason and the remedy of each finding.
#' @param ... not used; anything here is an error that names the nearest argument.
#' @return an object of class `nn_diagnosis`: a data frame with a row for each finding and the
#'   columns `id`, `cause`, `confidence`, `severity` (`"fault"` or `"note"`), `explains`,
#'   `evidence`, `remedy`, `verified`. It keeps model and data.
#' @section Errors: `kestrel_error_state` when the model is not compiled or not built;
#'   `kestrel_error_shape` when the data do not fit it; `kestrel_error_memory` when a sparse `x` is
#'   too large; `kestrel_error_argument` for other bad
#'   arguments. Data that [fit()][fit.kestrel_model] would refuse are a finding, no error.
#' @source The linear case: Baldi and Hornik (1989) \doi{10.1016/0893-6080(89)90014-2};
#'   Kawaguchi (2016) \doi{10.48550/arXiv.1605.07110}. Noise about neighbours: Gasser, Sroka and
#'   Jennen-Steinmetz (1986) \doi{10.1093/biomet/73.3.625}.
#' @seealso [verify_finding()], [try_fix()], [callback_diagnose()],
#'   [diagnosis_catalogue()].
#' @family diagnosis
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential() %>%
#'   layer_dense(10, input_shape = 1) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
#' model %>% fit(x, y, epochs = 500, verbose = 0)
#' diagnose(model, x, y)
#' @export
diagnose <- function(object, ...) {
  if (missing(object)) stop_missing("object")
  UseMethod("diagnose")
}

#' @rdname diagnose
#' @export
diagnose.kestrel_model <- function(object, x = NULL, y = NULL, history = NULL,
                                   validation_data = NULL, sample_weight = NULL,
                                   checks = "all", level = c("standard", "quick", "full"),
                                   verify = FALSE, budget = 5, explain = TRUE, ...) {
  check_dots(list(...), names(formals(diagnose.kestrel_model)))
  check_compiled(object)
  level <- check_level(level)
  table <- chosen_checks(checks)
  verify <- check_flag(verify)
  explain <- check_flag(explain)
  budget <- check_number(budget, min = 0)
  history <- check_history(history %||% model_state(object)$history)
  begun <- seconds_now()
  call <- environment()
  if (level == "quick") local_uncompiled()
  local_compiled_flags(object)
  case <- with_own_seed(new_case(object, x, y, sample_weight, validation_data, history, budget,
    call))
  case$level <- level
  result <- with_own_seed(walk_checks(case, table, level))
  result$findings <- with_tried(case, result$findings, level)
  diagnosis <- new_diagnosis(case, result, level, seconds_now() - begun, explain)
  if (verify) verified(diagnosis) else diagnosis
}

# R compiles functions when they are called for the second time, for which many of them that run
# once take ten times as long as they do to run.
local_uncompiled <- function(frame = caller_env()) {
  before <- compiler::enableJIT(0)
  do.call(on.exit, list(bquote(compiler::enableJIT(.(before))), add = TRUE), envir = frame)
}

#' @rdname diagnose
#' @export
diagnose.kestrel_history <- function(object, checks = "all", explain = TRUE, ...) {
  check_dots(list(...), names(formals(diagnose.kestrel_history)))
  table <- chosen_checks(checks)
  explain <- check_flag(explain)
  begun <- seconds_now()
  case <- bare_case(object)
  result <- with_own_seed(walk_checks(case, table, "quick"))
  new_diagnosis(case, result, "quick", seconds_now() - begun, explain)
}

#' @export
diagnose.default <- function(object, ...) {
  stop_argument("object", "a compiled model, or the history of a fit", object, call = caller_env())
}

diagnosis_levels <- c("quick", "standard", "full")

check_level <- function(level, arg = "level", call = caller_env()) {
  if (length(level) == 3) level <- level[1]
  check_choice(level, diagnosis_levels, "a level", arg = arg, call = call)
}

check_history <- function(history, call = caller_env()) {
  if (is.null(history) || inherits(history, "kestrel_history")) return(history)
  stop_argument("history", "a history, as returned by fit()", history, call = call)
}
