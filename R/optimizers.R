#' Optimizers
#'
#' An optimizer changes the weights after each batch, by the gradient of the loss. In the
#' formulas `g` is the gradient of a weight `w`, `lr` the learning rate and `t` the number of
#' the step, from 1.
#'
#' * `optimizer_sgd()`: `w <- w - lr * g`. With a momentum: `m <- momentum * m - lr * g` and
#'   `w <- w + m`, or with `nesterov` `w <- w + momentum * m - lr * g`.
#' * `optimizer_rmsprop()`: `v <- rho * v + (1 - rho) * g^2`, `s <- lr * g / sqrt(v +
#'   epsilon)`, `w <- w - s`; with a momentum `m <- momentum * m + s`, `w <- w - m`;
#'   `centered` subtracts from `v` the square of the running mean of `g`.
#' * `optimizer_adam()`: `m <- m + (1 - beta_1) * (g - m)`, `v <- v + (1 - beta_2) * (g^2 -
#'   v)`, `w <- w - lr * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)`.
#'   `amsgrad` takes the largest `v` so far.
#' * `optimizer_adam_w()` (also `optimizer_adamw()`): Adam with `weight_decay`.
#' * `optimizer_adamax()`: `u <- max(beta_2 * u, abs(g))`, then, with Adam's `m`,
#'   `w <- w - lr * m / ((1 - beta_1^t) * (u + epsilon))`.
#' * `optimizer_nadam()`: Adam with Nesterov's momentum, which warms up as
#'   `beta_1 * (1 - 0.96^(schedule_decay * t) / 2)`.
#' * `optimizer_adagrad()`: `a <- a + g^2`, `w <- w - lr * g / sqrt(a + epsilon)`.
#' * `optimizer_adadelta()`: `a <- rho * a + (1 - rho) * g^2`, `s <- sqrt(d + epsilon) /
#'   sqrt(a + epsilon) * g`, `d <- rho * d + (1 - rho) * s^2`, `w <- w - lr * s`.
#' * `optimizer_ftrl()`: follow the regularized leader, for sparse weights. With
#'   `p = -learning_rate_power` and the strengths `l1`, `l2` and `shrinkage`:
#'   `b <- a + g^2`, `z <- z + g + 2 * shrinkage * w - (b^p - a^p) / lr * w`, `a <- b`, and
#'   `w <- (clip(z, -l1, l1) - z) / (a^p / lr + 2 * l2 + beta / lr)`. Weights are computed
#'   anew at each step from `z`, which starts at 0: they do not begin where the initializer
#'   put them.
#' * `optimizer_lion()`: `w <- w - lr * sign(beta_1 * m + (1 - beta_1) * g)`, then
#'   `m <- beta_2 * m + (1 - beta_2) * g`.
#' * `optimizer_lamb()`: Adam's direction with a step as long, in each array of weights, as the
#'   weights are: with `m` and `v` as Adam's, `d <- m / (1 - beta_1^t) / (sqrt(v / (1 -
#'   beta_2^t)) + epsilon)`, `w <- w - lr * norm(w) / norm(d) * d`; the ratio is 1 where a norm
#'   is 0.
#' * `optimizer_adafactor()`: keeps the mean squares of rows and columns only. With `s <- g^2 +
#'   epsilon_1` and `b = 1 - t^beta_2_decay`, for a matrix `p` and `q` are running means of
#'   the rows' and columns' means of `s`, `p <- b * p + (1 - b) * rowMeans(s)`, and `v <-
#'   outer(p, q) / mean(p)`; for a vector `v <- b * v + (1 - b) * s`. Then `u <- g / sqrt(v)` and
#'   `w <- w - rho * max(epsilon_2, rms(w)) * u / max(1, rms(u) / clip_threshold)` with
#'   `rho = min(lr, 1 / sqrt(t))`, whatever `relative_step` is.
#' * `optimizer_muon()`: `m <- momentum * m + g` and `x <- g + momentum * m` (without
#'   `nesterov` `m`) for each matrix, divided by its norm and made nearly orthogonal by
#'   `ns_steps` steps `x <- muon_a * x + (muon_b * a + muon_c * a %*% a) %*% x` with `a = x
#'   %*% t(x)` (the transpose where there are more rows than columns); then `w <- w - lr *
#'   rms_rate * sqrt(max(dim(w))) * x`. Vectors, embeddings and excluded layers go by Adam
#'   with `lr * adam_lr_ratio` and `adam_weight_decay`.
#' * `optimizer_rprop()`: resilient backpropagation (iRprop-). Each weight has a step size `d`, at
#'   first `lr`. Where `g` has the sign it had before, `d <- min(eta_plus * d, step_max)`; where
#'   the sign has turned, `d <- max(eta_minus * d, step_min)` and `g <- 0`. Then
#'   `w <- w - sign(g) * d`. Signs mean something only for all samples together: `fit()` takes
#'   all rows as one batch.
#'
#' @section Order in a step: The gradient is clipped; the weights decay by
#'   `weight_decay * lr * w`; then come the formula above, the moving average and the layers'
#'   constraints.
#'
#' @section Learning rate: A number, one of the
#'   [schedules][learning_rate_schedule_exponential_decay()], or an R function of the step
#'   (counted from 0), which then is called before each batch. `optimizer$learning_rate` (or
#'   `$lr`) reads it; assigning to it, before or during `fit()`, changes it. With a rate of 0
#'   nothing is learned; [compile()][compile.kestrel_model] warns of it.
#'
#' @section Old spellings: `lr` stands for `learning_rate`. `decay` divides the learning rate
#'   by `1 + decay * step`, as Keras did before 2.11. `jit_compile` is accepted without
#'   effect. Defaults and formulas are those of Keras since 2.11, which differ from older
#'   ones: R keras before 2.11 had `lr = 0.002` for Adamax and Nadam, 0.01 for Adagrad and 1
#'   for Adadelta, and `schedule_decay = 0.004` for Nadam.
#'
#' @param learning_rate see below.
#' @param momentum share of the last step that is repeated, from 0 to 1.
#' @param nesterov whether the gradient is taken as if the momentum had been applied already.
#' @param rho decay of the running mean of squares, from 0 to 1.
#' @param epsilon a small number above 0 that keeps divisors from 0; `NULL` is 1e-7.
#' @param centered whether to divide by the variance of the gradient instead of its mean
#'   square.
#' @param weight_decay share of the weights, times the learning rate, that is taken off at each
#'   step; `NULL`: none. Biases decay as well.
#' @param clipnorm the largest norm of the gradient of each array of weights.
#' @param clipvalue the largest absolute value of each element of the gradient.
#' @param global_clipnorm the largest norm of the whole gradient. At most one of the three can
#'   be set; each must be above 0.
#' @param use_ema whether to keep a moving average of the weights, `ema_momentum * average +
#'   (1 - ema_momentum) * w`, and to replace the weights by it at the end of `fit()`.
#' @param ema_momentum see `use_ema`; from 0 to 1.
#' @param ema_overwrite_frequency replace the weights by their average each so many steps, too.
#' @param name a name, for the settings.
#' @param ... old spellings, see below.
#' @param loss_scale_factor accepted without effect: gradients here do not underflow.
#' @param gradient_accumulation_steps let so many batches make one update, by the mean of their
#'   gradients; at least 2.
#' @return an environment of class `kestrel_optimizer`, with readable fields `name`, `config`,
#'   `learning_rate` and all settings. Given to several models it is shared: a changed
#'   learning rate holds for all of them.
#' @section Errors: `kestrel_error_argument` for arguments out of their range and unknown
#'   ones, and from `fit()` with `optimizer_rprop()` for a `batch_size` below the number of rows;
#'   `kestrel_error_state` when a learning rate is assigned over a schedule.
#' @source Keras: `keras.optimizers`; Rprop: Igel and Hüsken (2003), Empirical evaluation of the
#'   improved Rprop learning algorithms, Neurocomputing 50.
#' @family optimizers
#' @examples
#' optimizer_adam(learning_rate = 0.01)
#' optimizer_sgd(0.1, momentum = 0.9, nesterov = TRUE, clipnorm = 1)
#' opt <- optimizer_rmsprop()
#' opt$learning_rate <- 0.01
#' opt
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 2)
#' model %>% compile(loss = "mse", optimizer = opt)
#' model %>% compile(loss = "mse", optimizer = "adam")
#' @export
optimizer_sgd <- function(learning_rate = 0.01, momentum = 0, nesterov = FALSE,
                          weight_decay = NULL, clipnorm = NULL, clipvalue = NULL,
                          global_clipnorm = NULL, use_ema = FALSE, ema_momentum = 0.99,
                          ema_overwrite_frequency = NULL, name = "sgd", ...,
                          loss_scale_factor = NULL, gradient_accumulation_steps = NULL) {
  dots <- list(...)
  # R keras before 2.11 had (learning_rate, momentum, decay, nesterov).
  if (is_number(nesterov) && is.null(dots$decay)) {
    dots$decay <- nesterov
    nesterov <- weight_decay %||% FALSE
    weight_decay <- NULL
  }
  new_optimizer("sgd", list(
    momentum = check_number(momentum, min = 0, max = 1), nesterov = check_flag(nesterov)
  ), dots, ignored = "amsgrad")
}

#' @rdname optimizer_sgd
#' @export
optimizer_rmsprop <- function(learning_rate = 0.001, rho = 0.9, momentum = 0, epsilon = 1e-7,
                              centered = FALSE, weight_decay = NULL, clipnorm = NULL,
                              clipvalue = NULL, global_clipnorm = NULL, use_ema = FALSE,
                              ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                              name = "rmsprop", ..., loss_scale_factor = NULL,
                              gradient_accumulation_steps = NULL) {
  new_optimizer("rmsprop", list(
    rho = check_number(rho, min = 0, max = 1),
    momentum = check_number(momentum, min = 0, max = 1), epsilon = check_epsilon(epsilon),
    centered = check_flag(centered)
  ), list(...))
}

# A name (in any case), an object or one of the constructors.
as_optimizer <- function(x, arg = caller_arg(x), call = caller_env()) {
  makers <- c(optimizer_makers(), solver_makers())
  if (is_string(x)) {
    x <- small_letters(x)
    check_choice(x, names(makers), "an optimizer", arg = arg, call = call)
  }
  must <- "the name of an optimizer or an object made by optimizer_*()"
  if (is.null(x)) stop_argument(arg, must, x, call = call)
  if (is.function(x) || is_string(x) || inherits(x, "kestrel_optimizer")) {
    return(as_made(x, "kestrel_optimizer", makers, "an optimizer", arg, call))
  }
  stop_argument(arg, must, x, call = call)
}

optimizer_makers <- function() {
  list(
    sgd = optimizer_sgd, rmsprop = optimizer_rmsprop, adam = optimizer_adam,
    adamw = optimizer_adam_w, adam_w = optimizer_adam_w, adamax = optimizer_adamax,
    nadam = optimizer_nadam, adagrad = optimizer_adagrad, adadelta = optimizer_adadelta,
    ftrl = optimizer_ftrl, lion = optimizer_lion, lamb = optimizer_lamb,
    adafactor = optimizer_adafactor, muon = optimizer_muon, rprop = optimizer_rprop
  )
}

# What the engine is told; 0 and 1 stand for none.
optimizer_spec <- function(optimizer, call = caller_env(), layout = NULL) {
  common <- .subset2(optimizer, "common")
  choice <- .subset2(optimizer, "choice")
  list(
    optimizer = choice,
    lr = initial_rate(optimizer, call),
    schedule = .subset2(optimizer, "schedule")$choice,
    decay = .subset2(optimizer, "decay"),
    clipnorm = common$clipnorm %||% 0,
    clipvalue = common$clipvalue %||% 0,
    global_clipnorm = common$global_clipnorm %||% 0,
    weight_decay = common$weight_decay %||% 0,
    use_ema = common$use_ema,
    ema_momentum = common$ema_momentum,
    ema_every = common$ema_overwrite_frequency %||% 0L,
    accumulate = common$gradient_accumulation_steps %||% 1L,
    apart = if (choice$name == "muon") muon_apart(optimizer, layout)
  )
}

# The constant rate, or the one of step 0.
initial_rate <- function(optimizer, call = caller_env()) {
  rate <- optimizer_rate(optimizer)
  if (is.function(rate)) rate <- rate(0)
  check_rate(rate, call)
}

# Told by compile().
warn_zero_rate <- function(optimizer, call = caller_env()) {
  if (!identical(optimizer_rate(optimizer), 0)) return(invisible(optimizer))
  warn_kestrel("learning_rate", "The learning rate is 0: the weights will not change.",
    call = call)
}
