# Remedies, tried on a copy. A trial is list(layers, loss, optimizer, x, y, args): what a model
# is made and trained of. A remedy changes it; `fix` of a finding names the remedy.

#' Try the remedy of a finding
#'
#' Makes a copy of the model with the remedy applied, trains it for a few seconds on the data of
#' the diagnosis, and tells the loss before and after. The model itself is not changed.
#'
#' A finding about one of several outputs is tried on the part of the model that leads to it, one
#' about the whole on all of it, whose loss is the weighted sum.
#'
#' Where the diagnosis has validation data, the weights with the lowest loss of these are kept.
#'
#' The copy keeps the weights where the remedy is about training alone, and starts from fresh
#' ones otherwise. It is trained by the model's optimizer where the remedy is a learning rate,
#' else by Adam with the rate 0.01, cut to a third when the loss does not fall any further; small
#' models by up to 50 steps of Levenberg-Marquardt (squared losses) or 200 of L-BFGS before, from up
#' to ten fresh starts of which the best counts, unless the remedy is about batches. Class weights
#' are taken away after half of the time, as outputs trained with them are no probabilities.
#'
#' @param d a diagnosis.
#' @param i the number of a finding, or its id.
#' @param seconds time to train for, at most.
#' @return a list of class `nn_trial`: `before` and `after` (losses; where the remedy changes
#'   targets or loss these are what the model's own loss is for the predictions, so that they
#'   can be compared, and `NA` where that cannot be), `loss` (of the copy, by its own loss),
#'   `validation` (the losses of the validation data before and after, where these are known),
#'   `closed` (share of the excess loss that is gone), `epochs`, `seconds`, and the `model`
#'   with the data it was trained on, `x` and `y`.
#' @section Errors: `kestrel_error_argument` for what is no diagnosis, for findings that do not
#'   exist, and for findings without a remedy that can be applied; `kestrel_error_state` for
#'   graphs that hold models.
#' @family diagnosis
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential() %>%
#'   layer_dense(10, input_shape = 1) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
#' model %>% fit(x, y, epochs = 300, verbose = 0)
#' try_fix(diagnose(model, x, y), "S1", seconds = 0.5)
#' @export
try_fix <- function(d, i, seconds = 2) {
  check_diagnosis(d)
  i <- check_finding(d, i)
  seconds <- check_number(seconds, min = 0, open = "min")
  finding <- attr(d, "findings")[[i]]
  case <- finding$view %||% attr(d, "case")
  if (!is.null(case$model)) local_compiled_flags(case$model)
  check_fixable(finding, case)
  with_own_seed(run_fix(case, finding, seconds))
}

check_fixable <- function(finding, case, call = caller_env()) {
  if (is.null(finding$fix) || is.null(case$raw)) {
    stop_kestrel("argument",
      sprintf("There is no remedy for \"%s\" that could be applied by itself.", finding$cause),
      hint = finding$remedy, argument = "i", value = finding$id, call = call)
  }
  if (!can_be_tried(case)) {
    stop_kestrel("state", "Remedies are not tried on graphs that hold models.", call = call)
  }
}

run_fix <- function(case, finding, seconds) {
  trial <- remedies[[finding$fix$what]](new_trial(case), finding$fix, case)
  trial$held <- held_score(case, trial)
  model <- trial_model(trial, case)
  begun <- seconds_now()
  epochs <- train_trial(model, trial, seconds)
  new_result(case, finding, trial, model, epochs, seconds_now() - begun)
}

new_trial <- function(case) {
  layers <- lapply(case$layers, function(layer) {
    state <- layer_state(layer)
    list(type = state$type, config = state$config, name = layer$name, trainable = state$trainable)
  })
  list(layers = layers, loss = by_trained(case, case$compiled$losses), ends = case$last_layers,
    loss_weights = if (case$joint) by_trained(case, as.list(case$compiled$loss_weights)),
    optimizer = NULL, fresh = TRUE,
    x = if (is.null(case$x)) case$raw$x else case$x,
    y = if (is.null(case$y)) case$raw$y else case$y,
    args = list(batch_size = 32L, shuffle = TRUE))
}

# As compile() takes it by outputs.
by_trained <- function(case, x) {
  if (!case$joint) return(x[[1]])
  stats::setNames(x, output_names(case$model)[case$compiled$trained])
}

# Each takes and gives a trial. `fix` holds what the finding says, `case` what is known.
remedies <- list(
  last_activation = function(trial, fix, case) {
    trial <- set_last_activation(trial, fix$to)
    if (!is.null(fix$loss)) trial$loss <- as_loss(fix$loss)
    trial
  },
  hidden_activation = function(trial, fix, case) {
    for (i in hidden_layers(trial)) {
      config <- trial$layers[[i]]$config
      if (trial$layers[[i]]$type == "dense") {
        following <- if (i < length(trial$layers)) trial$layers[[i + 1L]]$type else ""
        if (following %in% c("activation", "re_lu")) next
        config$activation <- as_activation(fix$to)
        config <- default_initializers(config, fix$initializer %||% "glorot_uniform")
      } else if (trial$layers[[i]]$type == "activation") {
        config$activation <- as_activation(fix$to)
      }
      trial$layers[[i]]$config <- config
    }
    trial
  },
  reinitialize = function(trial, fix, case) {
    map_dense(trial, default_initializers)
  },
  widen = function(trial, fix, case) {
    map_dense(trial, function(config) {
      config$units <- as.integer(max(4L * config$units, 32L))
      if (!is.null(fix$spread)) config$bias_initializer <- spread_biases(config$units, fix$spread)
      config
    }, intersect(dense_layers(trial), hidden_layers(trial)))
  },
  rate = function(trial, fix, case) {
    rate <- fix$to %||% (case$fit$rate * fix$by)
    trial$optimizer <- clone_optimizer(case$compiled$optimizer)
    set_rate(trial$optimizer, as.double(min(max(rate, 1e-12), 1)), "learning_rate")
    trial
  },
  train = function(trial, fix, case) {
    trial$fresh <- FALSE
    trial
  },
  scale_x = function(trial, fix, case) {
    scaled <- lapply(raw_inputs(case), function(x) scaled_array(as_doubles(plain_data(x))))
    trial$x <- if (is.list(case$x)) scaled else scaled[[1]]
    trial
  },
  scale_y = function(trial, fix, case) {
    y <- matrix(trial$y, nrow = case$rows)
    centre <- colMeans(y)
    sd <- apply(y, 2, stats::sd)
    sd[!is.finite(sd) | sd == 0] <- 1
    trial$y <- (y - rep(centre, each = nrow(y))) / rep(sd, each = nrow(y))
    trial$back <- function(p) p * rep(sd, each = nrow(p)) + rep(centre, each = nrow(p))
    trial
  },
  from_logits = function(trial, fix, case) {
    config <- case$criterion$config
    config$from_logits <- FALSE
    trial$loss <- new_loss(case$criterion$record, config, case$criterion$reduction, call = NULL)
    trial
  },
  domain = function(trial, fix, case) {
    values <- sort(unique(as.vector(trial$y)))
    if (length(values) == 2 && case$criterion$record %in% binary_losses) {
      trial$y <- (trial$y == values[2]) + 0
      trial$moved <- TRUE
      return(trial)
    }
    trial$loss <- as_loss("mse")
    set_last_activation(trial, "linear")
  },
  binary_labels = function(trial, fix, case) {
    trial$loss <- as_loss("binary_crossentropy")
    set_last_activation(trial, "sigmoid")
  },
  one_column = function(trial, fix, case) {
    trial <- set_last_units(set_last_activation(trial, "sigmoid"), 1L)
    trial$y <- matrix(trial$y, nrow = case$rows)[, 1, drop = FALSE]
    trial
  },
  one_unit = function(trial, fix, case) {
    trial$y <- matrix(trial$y, nrow = case$rows)[, 1, drop = FALSE]
    set_last_units(trial, 1L)
  },
  unfreeze = function(trial, fix, case) {
    trial$layers <- lapply(trial$layers, function(layer) {
      layer$trainable <- TRUE
      layer
    })
    trial
  },
  batch_size = function(trial, fix, case) {
    trial$args$batch_size <- fix$to
    by_batches(trial)
  },
  shuffle = function(trial, fix, case) by_batches(trial),
  shuffle_rows = function(trial, fix, case) by_batches(trial),
  no_penalty = function(trial, fix, case) {
    map_dense(trial, function(config) {
      config[c("kernel_regularizer", "bias_regularizer", "activity_regularizer")] <- list(NULL)
      config
    })
  },
  no_constraint = function(trial, fix, case) {
    map_dense(trial, function(config) {
      config[c("kernel_constraint", "bias_constraint")] <- list(NULL)
      config
    })
  },
  no_dropout = function(trial, fix, case) {
    drop <- vapply(trial$layers, function(l) l$type == "dropout", NA)
    trial$layers <- trial$layers[!drop]
    trial
  },
  class_weight = function(trial, fix, case) {
    counts <- table(case$labels)
    trial$args$class_weight <- as.list(sum(counts) / (length(counts) * counts))
    trial
  },
  early_stopping = function(trial, fix, case) {
    trial$args$validation_split <- max(case$fit$validation_split %||% 0, 0.2)
    trial$stop_early <- TRUE
    trial
  },
  realign = function(trial, fix, case) {
    y <- matrix(trial$y, nrow = case$rows)
    order <- if (case$realigned$reverse) rev(seq_len(case$rows)) else case$realigned$order
    trial$y <- y[order, , drop = FALSE]
    trial$moved <- TRUE
    trial
  },
  refill = function(trial, fix, case) {
    trial$x <- matrix(as.vector(case$inputs), nrow(case$inputs), byrow = TRUE)
    trial
  },
  codes_from_zero = function(trial, fix, case) {
    trial$y <- as.numeric(trial$y) - 1
    trial
  }
)

# Bends of relu units of one input, at -bias / weight, all over [-reach, reach]: weights are drawn
# from +-sqrt(6 / (1 + units)).
spread_biases <- function(units, reach) {
  bound <- sqrt(6 / (1 + units)) * reach
  initializer_random_uniform(-bound, bound)
}

by_batches <- function(trial) {
  trial$by_batches <- TRUE
  trial
}

dense_layers <- function(trial) which(vapply(trial$layers, function(l) l$type == "dense", NA))

# Before the last dense layer, and not one of those that put out a prediction.
hidden_layers <- function(trial) setdiff(seq_len(max(dense_layers(trial)) - 1L), trial$ends)

map_dense <- function(trial, change, which = dense_layers(trial)) {
  for (i in which) trial$layers[[i]]$config <- change(trial$layers[[i]]$config)
  trial
}

default_initializers <- function(config, kernel = "glorot_uniform") {
  config$kernel_initializer <- as_initializer(kernel)
  config$bias_initializer <- as_initializer("zeros")
  config
}

# The last dense layer ends in it; what stood behind goes.
set_last_activation <- function(trial, to) {
  last <- max(dense_layers(trial))
  trial$layers <- trial$layers[seq_len(last)]
  trial$layers[[last]]$config$activation <- as_activation(to)
  trial
}

set_last_units <- function(trial, units) {
  trial$layers[[max(dense_layers(trial))]]$config$units <- units
  trial
}

scaled_array <- function(x) {
  flat <- matrix(x, nrow = dim(x)[1])
  apart <- flat - rep(colMeans(flat), each = nrow(flat))
  deviations <- sqrt(colSums(apart^2) / max(nrow(flat) - 1, 1))
  flat <- apart / rep(deviations, each = nrow(flat))
  flat[!is.finite(flat)] <- 0
  array(flat, dim(x))
}
