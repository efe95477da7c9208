# Optimizers that look at each array of weights as a whole.

#' @rdname optimizer_sgd
#' @export
optimizer_lamb <- function(learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7,
                           weight_decay = NULL, clipnorm = NULL, clipvalue = NULL,
                           global_clipnorm = NULL, use_ema = FALSE, ema_momentum = 0.99,
                           ema_overwrite_frequency = NULL, name = "lamb", ...,
                           loss_scale_factor = NULL, gradient_accumulation_steps = NULL) {
  new_optimizer("lamb", list(
    beta_1 = check_beta(beta_1), beta_2 = check_beta(beta_2), epsilon = check_epsilon(epsilon)
  ), list(...))
}

#' @param beta_2_decay Adafactor's running means keep `1 - t^beta_2_decay` of the past; below 0.
#' @param epsilon_1,epsilon_2 what Adafactor adds to squared gradients, above 0, and the
#'   smallest size of weights that its steps are measured by, at least 0.
#' @param clip_threshold the largest root mean square of Adafactor's step, above 0.
#' @param relative_step accepted for Keras' sake; see the formula.
#' @rdname optimizer_sgd
#' @export
optimizer_adafactor <- function(learning_rate = 0.001, beta_2_decay = -0.8, epsilon_1 = 1e-30,
                                epsilon_2 = 1e-3, clip_threshold = 1, relative_step = TRUE,
                                weight_decay = NULL, clipnorm = NULL, clipvalue = NULL,
                                global_clipnorm = NULL, use_ema = FALSE, ema_momentum = 0.99,
                                ema_overwrite_frequency = NULL, name = "adafactor", ...,
                                loss_scale_factor = NULL, gradient_accumulation_steps = NULL) {
  new_optimizer("adafactor", list(
    beta_2_decay = check_number(beta_2_decay, max = 0, open = "max"),
    epsilon_1 = check_number(epsilon_1, min = 0, open = "min"),
    epsilon_2 = check_number(epsilon_2, min = 0),
    clip_threshold = check_number(clip_threshold, min = 0, open = "min"),
    relative_step = check_flag(relative_step)
  ), list(...))
}

#' @param adam_beta_1,adam_beta_2,adam_weight_decay,adam_lr_ratio what Muon trains vectors and
#'   excluded weights with: Adam's settings, a weight decay (`NULL`: none) and a factor of the
#'   learning rate.
#' @param exclude_layers regular expressions; weights whose `layer/name`, such as
#'   `"dense_1/kernel"`, has a match are trained by Adam.
#' @param exclude_embeddings whether what has "embedding" in its name is trained by Adam.
#' @param muon_a,muon_b,muon_c,ns_steps coefficients and number of the steps to an orthogonal
#'   matrix.
#' @param rms_rate size of Muon's steps, see the formula; `NULL`: `lr * x` alone.
#' @rdname optimizer_sgd
#' @export
optimizer_muon <- function(learning_rate = 0.001, adam_beta_1 = 0.9, adam_beta_2 = 0.999,
                           adam_weight_decay = 0.004, epsilon = 1e-7, weight_decay = 0.004,
                           clipnorm = NULL, clipvalue = NULL, global_clipnorm = NULL,
                           use_ema = FALSE, ema_momentum = 0.99, ema_overwrite_frequency = NULL,
                           name = "muon", exclude_layers = NULL, exclude_embeddings = TRUE,
                           muon_a = 3.4445, muon_b = -4.7750, muon_c = 2.0315,
                           adam_lr_ratio = 1, momentum = 0.95, ns_steps = 5, nesterov = TRUE,
                           rms_rate = 0.2, ..., loss_scale_factor = NULL,
                           gradient_accumulation_steps = NULL) {
  optimizer <- new_optimizer("muon", list(
    adam_beta_1 = check_beta(adam_beta_1), adam_beta_2 = check_beta(adam_beta_2),
    adam_weight_decay = check_number(adam_weight_decay, min = 0, null = TRUE) %||% 0,
    epsilon = check_epsilon(epsilon), muon_a = check_number(muon_a),
    muon_b = check_number(muon_b), muon_c = check_number(muon_c),
    adam_lr_ratio = check_number(adam_lr_ratio, min = 0),
    momentum = check_number(momentum, min = 0, max = 1), ns_steps = check_count(ns_steps),
    nesterov = check_flag(nesterov), rms_rate = check_number(rms_rate, min = 0, null = TRUE)
  ), list(...))
  extra <- list(exclude_layers = check_patterns(exclude_layers),
    exclude_embeddings = check_flag(exclude_embeddings))
  list2env(list(extra = extra), envir = optimizer)
  optimizer
}

check_patterns <- function(x, arg = caller_arg(x), call = caller_env()) {
  given <- if (is.list(x)) unlist(x) else x
  patterns <- if (is.character(given)) given else character()
  compiles <- function(p) tryCatch(is.logical(grepl(p, "")), error = function(e) FALSE,
    warning = function(w) FALSE)
  good <- is.null(x) || (is.character(given) && !anyNA(patterns) &&
    all(vapply(patterns, compiles, NA)))
  if (good) return(patterns)
  stop_argument(arg, "regular expressions for names of weights, such as \"dense_1\"", x,
    call = call)
}

# Where the tensors stand among the packed parameters that Muon leaves to Adam; `layout` as of
# model_layout(), or NULL.
muon_apart <- function(optimizer, layout) {
  slots <- unlist(layout$slots, recursive = FALSE, use.names = FALSE)
  if (!length(slots)) return(NULL)
  owners <- rep(vapply(layout$states, `[[`, "", "name"), lengths(layout$slots))
  paths <- paste0(owners, "/", vapply(slots, `[[`, "", "name"))
  sizes <- vapply(slots, function(s) prod(s$dims), 0)
  kept <- !vapply(slots, `[[`, NA, "is_state")
  at <- cumsum(c(0, sizes[kept]))[seq_len(sum(kept))]
  at[is_muon_apart(optimizer_field(optimizer, "extra"), paths[kept])]
}

is_muon_apart <- function(extra, paths) {
  matches <- lapply(extra$exclude_layers, grepl, x = paths)
  Reduce(`|`, matches, extra$exclude_embeddings & grepl("embedding", small_letters(paths)))
}
