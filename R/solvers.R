# Optimizers that look at all samples in each step, and finish.

#' Optimizers that finish
#'
#' For small data and small networks these reach a minimum to the last digit, where Adam comes
#' near it: each step looks at the loss of all samples, chooses its own length, and never ends
#' higher than it began. There is no learning rate. [fit()][fit.kestrel_model] runs them as any
#' other optimizer: one epoch is one iteration, and `batch_size` is the number of rows, which
#' need not be said. Loss and metrics of an epoch are those of the weights it ends with.
#'
#' * `optimizer_lbfgs()`: `w <- w + a * d`, with `d = -H g` for the gradient `g` of the loss and
#'   an inverse Hessian `H` made of the last `history` steps and changes of the gradient; `a` is
#'   searched until the strong Wolfe conditions hold, `f(a) <= f(0) + 1e-4 * a * f'(0)` and
#'   `abs(f'(a)) <= 0.9 * abs(f'(0))`. Time and memory of an iteration grow with the number of
#'   weights `p` as those of Adam do; the model keeps `2 history p` numbers, so give large ones a
#'   shorter `history`.
#' * `optimizer_levenberg_marquardt()`: `w <- w + d`, where `d` solves
#'   `(J' D J + P + lambda I) d = -g`, with the derivatives `J` of all `r` outputs (rows times
#'   units) by the `p` weights, and the second derivatives `D` of the loss by the outputs and `P`
#'   of the penalties by the weights. For squared losses this is the method of that name, for
#'   others its generalization by Gauss-Newton matrices. Where `p > r` and nothing is penalized,
#'   the same step is found by `r` unknowns: `d = -J' z` with `(D J J' + lambda I) z = rho`, `rho`
#'   being the gradient of the loss by the outputs. `lambda` begins as `damping` times the mean
#'   curvature (the trace of the matrix over the smaller of `r` and `p`), grows until the loss
#'   falls, and shrinks to a third at most when it falls as foretold (Nielsen's rule). How the
#'   outputs bend along `d`, seen at a tenth of it, bends the step as well (geodesic acceleration);
#'   a step that would bend too much is shortened by a larger `lambda`. Memory is `p r` and twice
#'   `min(r, p)^2` numbers or so, time of an iteration `p r min(r, p)`: for some thousand rows and
#'   some hundred weights, where it takes the fewest iterations of all.
#'
#' Moments (of L-BFGS the pairs of its history, of Levenberg-Marquardt `lambda`) belong to the
#' model, as with other optimizers: a second `fit()` goes on where the first stopped, also after
#' `saveRDS()`.
#'
#' @section When it stops: The fit ends before `epochs` are over, with the history of those
#'   done, when an iteration ends with
#'   * a squared loss of at most `(4 eps)^2` times that of predicting 0, where `eps` is the
#'     precision of the model's numbers: zero to rounding; any other loss of 0;
#'   * no element of the gradient above `gradient_tolerance`;
#'   * a step shorter than `step_tolerance` times the length of all weights;
#'   * a loss that fell by no more than `loss_tolerance` of itself;
#'   * no lower loss found in any direction that was tried;
#'   * a loss that is NaN or infinite.
#'
#'   `history$params$stopped` says which; it is printed with the history.
#'
#' @section What they can train: Any layers, losses, sample weights and regularizers that give
#'   the same loss each time it is asked for, hence no dropout and no noise, and no constraints
#'   on weights, which steps do not see. Where a loss has a kink (`relu`, absolute errors, the
#'   penalty L1) the slope of one side is taken; a search may then stop at the kink.
#'   Statistics of batch normalization are moved once an iteration.
#'
#' @param gradient_tolerance,step_tolerance,loss_tolerance see below; at least 0, and 0 switches
#'   a rule off, but for steps and decreases of 0.
#' @param damping `lambda` at the start, as a share of the mean curvature; above 0. Larger ones
#'   begin with smaller steps.
#' @param history how many steps `H` is made of, from 1 to 1000.
#' @param name a name, for the settings.
#' @return an environment of class `kestrel_optimizer`, with readable fields `name`, `config`
#'   and all settings.
#' @section Errors: `kestrel_error_argument` for arguments out of their range, and from `fit()`
#'   for a `batch_size` below the number of rows or `steps_per_epoch` above 1;
#'   `kestrel_error_memory` where `J` would not fit;
#'   `kestrel_error_state` from `fit()` where the model has dropout, noise or constraints, and
#'   when a learning rate is assigned.
#' @source Nocedal (1980), Updating quasi-Newton matrices with limited storage, Mathematics of
#'   Computation 35; Hager and Zhang (2005), A new conjugate gradient method with guaranteed
#'   descent and an efficient line search, SIAM Journal on Optimization 16; Marquardt (1963), An
#'   algorithm for least-squares estimation of nonlinear parameters, SIAM Journal on Applied
#'   Mathematics 11; Nielsen (1999), Damping parameter in Marquardt's method, report
#'   IMM-REP-1999-05, Technical University of Denmark; Transtrum and Sethna (2012), Improvements to
#'   the Levenberg-Marquardt algorithm for nonlinear least-squares minimization, arXiv 1201.5885;
#'   Schraudolph (2002), Fast curvature matrix-vector products for
#'   second-order gradient descent, Neural Computation 14.
#' @family optimizers
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential() %>%
#'   layer_dense(10, activation = "tanh", input_shape = 1) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_lbfgs())
#' model %>% fit(x, y, epochs = 200, verbose = 0)
#' model$history
#'
#' # The best of five starts, each of at most 50 iterations.
#' model %>% compile(loss = "mse", optimizer = optimizer_levenberg_marquardt())
#' model %>% fit(x, y, epochs = 50, restarts = 5, verbose = 0)
#' model$history$params$restarts
#' @export
optimizer_lbfgs <- function(history = 30, gradient_tolerance = 1e-15, step_tolerance = 1e-15,
                            loss_tolerance = 1e-12, name = "lbfgs") {
  new_solver("lbfgs", list(history = check_count(history, max = 1000L)))
}

#' @rdname optimizer_lbfgs
#' @export
optimizer_levenberg_marquardt <- function(damping = 1e-3, gradient_tolerance = 1e-15,
                                          step_tolerance = 1e-15, loss_tolerance = 1e-12,
                                          name = "levenberg_marquardt") {
  new_solver("levenberg_marquardt", list(damping = check_number(damping, min = 0, open = "min")))
}

# The end of each constructor: `hparams` are its own arguments, the common ones are read from
# its frame. An optimizer without a rate of its own, and with nothing around its steps.
new_solver <- function(record, hparams, frame = caller_env()) {
  force(hparams)
  tolerance <- function(name) check_number(get(name, frame), min = 0, arg = name, call = frame)
  tolerances <- sapply(solver_tolerances, tolerance, simplify = FALSE)
  hparams <- c(hparams, tolerances)
  name <- check_name(get("name", frame), arg = "name", call = frame) %||% record
  fields <- list(
    name = name, record = record, solver = TRUE, decay = 0, rate = 1, common = solver_common,
    hparams = hparams, choice = choice("solvers", record, hparams)
  )
  optimizer <- list2env(fields, parent = emptyenv())
  class(optimizer) <- "kestrel_optimizer"
  optimizer
}

# What the engine is told of what surrounds the steps of other optimizers.
solver_common <- list(use_ema = FALSE, ema_momentum = 0.99)

solver_tolerances <- c("gradient_tolerance", "step_tolerance", "loss_tolerance")

solver_makers <- function() {
  list(lbfgs = optimizer_lbfgs, levenberg_marquardt = optimizer_levenberg_marquardt)
}

is_solver <- function(optimizer) identical(.subset2(optimizer, "solver"), TRUE)

# Whether a step needs all samples: then an epoch is a step.
takes_all_rows <- function(optimizer) {
  is_solver(optimizer) || .subset2(optimizer, "record") == "rprop"
}

check_all_rows <- function(optimizer, settings, n, call = caller_env()) {
  if (!takes_all_rows(optimizer)) return(invisible())
  who <- sprintf("all %d rows, as optimizer \"%s\" has no smaller steps", n, optimizer$name)
  size <- settings$batch_size
  if (!is.null(size) && size < n) {
    stop_argument("batch_size", who, size, hint = "Leave `batch_size` out.", call = call)
  }
  if (!is.null(settings$steps_per_epoch) && settings$steps_per_epoch > 1) {
    stop_argument("steps_per_epoch", paste("1 or NULL, one step with", who),
      settings$steps_per_epoch, call = call)
  }
}

memory_hint <- function(optimizer) {
  if (optimizer_field(optimizer, "record") != "levenberg_marquardt") return(NULL)
  "It keeps a number for each weight and output of each sample; optimizer_lbfgs() does not."
}

check_takes_batches <- function(optimizer, call = caller_env()) {
  if (!takes_all_rows(optimizer)) return(invisible())
  stop_kestrel("argument", sprintf(
    "`x` must be arrays: optimizer \"%s\" takes all samples at once, not batches of a generator.",
    optimizer$name), argument = "x", call = call)
}

# Solvers compare the loss at different weights, so it must be a function of them, and smooth
# steps must be allowed everywhere.
check_solvable <- function(model, call = caller_env()) {
  optimizer <- model_state(model)$compiled$optimizer
  if (!is_solver(optimizer)) return(invisible())
  check_no_custom(model, sprintf("Optimizer \"%s\"", optimizer$name), call)
  why <- why_unsolvable(model)
  if (is.null(why)) return(invisible())
  stop_kestrel("state",
    sprintf("Optimizer \"%s\" cannot train this model: %s.", optimizer$name, why),
    hint = "Leave it out, or compile the model with optimizer_adam().", call = call)
}

why_unsolvable <- function(model) {
  for (node in model_plan(model)$nodes) {
    noisy <- grepl("dropout|noise", node$layer$name) && isTRUE(node$layer$h[1] > 0)
    if (noisy) return(sprintf("layer \"%s\" draws random numbers", node$layer$name))
    bound <- any(vapply(node$rules, function(rule) !is.null(rule$constraint), NA))
    if (bound) return("a layer has a constraint on its weights")
  }
}

# Why a solver has finished, by nn_stop.
stop_reasons <- c(
  "the loss is zero to rounding", "the gradient is zero to its tolerance",
  "the last step was below its tolerance", "the loss falls no further",
  "no step lowers the loss", "the loss is NaN or infinite"
)

run_has_stopped <- function(run) isTRUE(run$status$stop > 0)

note_stop <- function(run) {
  if (run_has_stopped(run)) run$params$stopped <- stop_reasons[run$status$stop]
}
