# O: what the optimizer did, from the history, the record of the fit and the last layer alone.

optimizer_checks <- function() {
  list(
    new_check("O0", "divergence", "fit", find_divergence),
    new_check("O10", "frozen layers", "model", find_frozen),
    new_check("O8", "size of batches", "model", find_batch_size),
    new_check("D7", "scale of targets", "data", find_target_scale),
    new_check("O9", "precision", "gradient", find_precision_floor),
    new_check("O1", "last layer not solved", "floor", find_last_gap),
    new_check("O4", "too few steps, or too small", "floor", find_unfinished)
  )
}

evidence_fit <- function(case) if (!is.null(case$model)) model_state(case$model)$last_fit

evidence_series <- function(case) case$history$metrics$loss

find_divergence <- function(case) {
  loss <- case$series
  bad <- which(!is.finite(loss))
  broken <- !is.null(case$model) && !case$finite_weights
  if (length(bad) || broken) return(divergence_found(case, bad))
  finite <- loss[is.finite(loss)]
  if (length(finite) < 3) return(NULL)
  last <- finite[length(finite)]
  high <- if (has_data(case) && !is.na(case$constant_loss)) {
    case$loss > 2 * case$constant_loss
  } else {
    TRUE
  }
  if (last < 10 * max(finite[1], 1e-12) || !isTRUE(high)) return(NULL)
  found(
    "The loss grows", "STRONG",
    "Steps are too large for the slope: each overshoots more than the one before.",
    sprintf("First epoch: %s; last: %s", digits(finite[1]), digits(last)), slower(case),
    explains = if (has_data(case) && case$computable) {
      share_between(case, constant_or_base(case), case$loss)
    } else {
      NA
    },
    fix = list(what = "rate", by = 0.01), symptom = if (is_off_scale(case)) 0.5 else 0
  )
}

constant_or_base <- function(case) if (is.na(case$constant_loss)) case$base else case$constant_loss

divergence_found <- function(case, bad) {
  at <- case$fit$nonfinite
  where <- if (length(at)) {
    sprintf("It began in epoch %d, batch %d.", at[["epoch"]], at[["batch"]])
  } else if (length(bad)) {
    sprintf("It began in epoch %d.", bad[1])
  }
  if (is.null(case$model) || case$finite_weights) return(passing_divergence(case, bad, where))
  found(
    "Divergence", "PROVEN",
    "Weights became NaN or infinite; no later step can mend that.",
    c(where, growth_text(case)), slower(case), explains = 1,
    symptom = if (is_bound_to_diverge(case)) 0.5 else 0,
    certificate = certificate("fact", quote(any(!is.finite(weights)))),
    fix = list(what = "rate", by = 0.01)
  )
}

# The weights are finite, or not known: the loss may come back.
passing_divergence <- function(case, bad, where) {
  last <- case$series[length(case$series)]
  back <- is.finite(last) && !isTRUE(has_data(case) && fails(case))
  found(
    "A loss that was not finite", "PROVEN",
    sprintf("The loss was NaN or infinite in %s of %s.", count_of(length(bad), "epoch"),
      length(case$series)),
    c(where, growth_text(case)), slower(case), severity = if (back) "note" else "fault",
    explains = if (!has_data(case)) NA else if (case$computable) share_of_failure(case) else 1,
    symptom = if (is_bound_to_diverge(case)) 0.5 else 0,
    certificate = certificate("fact", quote(any(!is.finite(history_loss)))),
    fix = list(what = "rate", by = 0.01)
  )
}

# By the norms that were recorded while they were finite.
growth_text <- function(case) {
  norms <- case$fit$norms
  if (is.null(norms)) return(NULL)
  known <- which(colSums(!is.finite(norms)) == 0)
  if (length(known) < 2) return(NULL)
  last <- known[length(known)]
  sprintf("Norm of the gradient: %s in the first epoch, %s in epoch %d; of the step of the weights: %s and %s.",
    digits(norms[1, known[1]], 2), digits(norms[1, last], 2), last, digits(norms[2, known[1]], 2),
    digits(norms[2, last], 2))
}

# What makes any step too large: the data, or a loss of other outputs than it expects.
is_bound_to_diverge <- function(case) {
  is_off_scale(case) || (has_data(case) && expects_probabilities(case))
}

slower <- function(case) {
  rate <- case$fit$rate
  text <- if (is.numeric(rate)) {
    sprintf("learning_rate = %s (a hundredth), ", digits(rate / 100, 2))
  } else {
    "a lower learning rate, "
  }
  paste0(text, "scaled x and y, or clipnorm = 1 in the optimizer.")
}

find_frozen <- function(case) {
  frozen <- frozen_layers(case)
  if (!any(frozen)) return(NULL)
  names <- vapply(case$layers[frozen], function(l) l$name, "")
  all <- !length(layers_that_learn(case))
  floor <- if (all) NA else frozen_floor(case)
  share <- if (all) 1 else frozen_share(case, floor)
  found(
    if (all) "All layers are frozen" else "Frozen layers", "PROVEN",
    sprintf("Training does not change the weights of %s.", quote_names(names)),
    if (!is.na(floor)) sprintf("Lowest loss with these as they are: %s (now %s)", digits(floor),
      digits(case$loss)),
    remedy = "unfreeze_weights(), and compile() again.",
    severity = if (all || share >= 0.05) "fault" else "note",
    explains = share,
    certificate = certificate("fact", quote(!any(trainable[frozen])), list(frozen = which(frozen))),
    fix = list(what = "unfreeze")
  )
}

frozen_layers <- function(case) {
  vapply(case$layers, function(l) {
    isTRUE(layer_state(l)$built) && any(!layer_state(l)$is_state) && !layer_trainable(l)
  }, NA)
}

has_frozen <- function(case) any(frozen_layers(case))

# Where the last layer alone is trained, it is a least squares problem. Penalties only add to it.
frozen_floor <- function(case) {
  alone <- has_data(case) && case$computable && identical(layers_that_learn(case), case$last_layers)
  if (alone && !is.null(case$witness)) solve_last(case, case$layers)$loss else NA_real_
}

# What a linear model would not leave. Where it is not known how far the rest can get, what is left
# when training has come to an end.
frozen_share <- function(case, floor) {
  if (!has_data(case) || !case$computable || !is_trained(case)) return(0)
  if (is.na(floor) && does_badly(case) && is_at_rest(case)) floor <- case$loss
  if (is.na(floor)) 0 else max(share_between(case, linear_or_base(case), floor), 0)
}

find_batch_size <- function(case) {
  fit <- case$fit
  if (is.null(fit$batch_size)) return(NULL)
  types <- vapply(case$layers, function(l) layer_state(l)$type, "")
  left <- fit$samples %% fit$batch_size
  single <- fit$batch_size == 1 || left == 1
  if ("batch_normalization" %in% types && single && fit$samples > 1) {
    whole <- fit$batch_size == 1
    return(found(
      "Batch normalization of one sample", "PROVEN",
      paste("The deviation of a batch of one sample is zero: everything but the shift",
        "is normalized away."),
      if (whole) {
        "batch_size is 1."
      } else {
        sprintf("The last batch of each epoch has 1 of %d samples.", fit$samples)
      },
      "a batch_size that leaves no single sample.", severity = if (whole) "fault" else "note",
      explains = if (whole) NA else 0,
      certificate = certificate("fact",
        quote(fit$batch_size == 1 || fit$samples %% fit$batch_size == 1)),
      fix = list(what = "batch_size", to = 32L)
    ))
  }
  if (fit$batch_size <= 1 && fit$samples > 100) {
    return(found("Batches of one sample", "LIKELY",
      "Each step follows one sample: slow, and noisy.",
      remedy = "batch_size = 32.", severity = "note", fix = list(what = "batch_size", to = 32L)))
  }
  NULL
}

# In single precision: the steps of plain gradient descent round to nothing.
find_precision_floor <- function(case) {
  rate <- case$fit$rate
  sgd <- case$compiled$optimizer$record == "sgd" && model_state(case$model)$precision == "float32"
  if (!sgd || !is.numeric(rate) || !is_trained(case) ||
    isTRUE(case$compiled$optimizer$momentum != 0) ||
      case$rows * length(case$weights) > 2e6) return(NULL)
  if (moves_otherwise(case)) return(NULL)
  w <- as_single(matrix(case$weights))
  lost <- function(most) all(as_single(w + rate * most) == w, as_single(w - rate * most) == w)
  most <- 2 * largest_gradients(case, case$objective)
  if (!lost(most)) return(NULL)
  # Near the end what is left of a gradient is rounding.
  most <- pmax(most, 2 * largest_gradients(case, case_objective(case, "float32")))
  if (!lost(most)) return(NULL)
  smooth <- is_within_slopes(case, most)
  found(
    "Steps below single precision", if (smooth) "PROVEN" else "STRONG",
    paste("Learning rate times gradient is less than half the last digit of every",
      "weight: no step changes anything."),
    sprintf("Largest step: %s; smallest weight: %s", digits(max(rate * most), 2),
      digits(min(abs(w)), 2)),
    if (does_badly(case)) {
      "a higher learning rate."
    } else {
      "it is done; dtype = \"float64\" goes further."
    },
    severity = if (does_badly(case)) "fault" else "note",
    explains = if (does_badly(case)) share_between(case, linear_or_base(case), case$loss) else 0,
    certificate = if (smooth) {
      certificate("stagnation",
        quote(all(single(single(trained) + rate * most) == single(trained),
          single(single(trained) - rate * most) == single(trained)) &&
          all(abs(trained_gradient) <= most + 1e-6 * max(most))), list(rate = rate, most = most))
    },
    fix = list(what = "rate", to = 0.01)
  )
}

# Whether the loss itself changes no faster than that along some direction. Not so where units are
# at a kink, on one side of which it may fall, though training takes the slope for 0.
is_within_slopes <- function(case, most) {
  along <- stats::rnorm(length(most))
  step <- 1e-4 * max(1, abs(case$weights))
  ends <- vapply(c(-step, step),
    function(s) loss_with(case, packed_trainable(case, case$weights + s * along)), 0)
  isTRUE(abs(diff(ends)) / (2 * step) <= sum(abs(along) * (most + 1e-6 * max(most))))
}

# By what the loss of these rows does not say: see other_moves().
moves_otherwise <- function(case) {
  common <- optimizer_field(case$compiled$optimizer, "common")
  isTRUE(common$weight_decay > 0) || isTRUE(common$use_ema) || has_constraints(case) ||
    has_r_functions(case) ||
    any(case$nodes$type %in% c(drawing_layers, "batch_normalization"))
}

# What the gradient of no batch exceeds: that of the penalties, and the largest of a single row, or
# the sum of all where batches are summed.
largest_gradients <- function(case, objective) {
  rows <- objective_row_gradients(objective)
  data <- if (sums_over_batch(case)) colSums(abs(rows)) else case$rows * apply(abs(rows), 2, max)
  data + abs(objective_gradient(objective) - colSums(rows))
}

sums_over_batch <- function(case) {
  any(vapply(case$compiled$losses, function(loss) loss$reduction %in% c("sum", "none"), NA))
}

# The last layer is a least squares problem: how much lower is it solved exactly?
find_last_gap <- function(case) {
  gap <- case$last_layer
  if (is.null(gap) || !is_trained(case)) return(NULL)
  if (!isTRUE(gap$loss < 0.9 * case$loss) ||
    case$loss - gap$loss < 0.01 * case$constant_loss) return(NULL)
  harmful <- gap$honest < 0.5 * case$loss && case$loss > 0.1 * case$constant_loss &&
    case$penalty == 0 && !is_noisy(case) && !is_told_otherwise(case)
  found(
    "Not even the last layer is solved", "PROVEN",
    "With all other weights as they are, least squares for the last layer alone has a lower loss.",
    sprintf("It reaches %s (now %s).", digits(gap$loss), digits(case$loss)),
    "more epochs, a higher learning rate, or scaled inputs.",
    explains = share_between(case, gap$loss, case$loss),
    severity = if (harmful) "fault" else "note",
    certificate = certificate("witness", quote(loss_at(better) < 0.9 * loss),
      list(better = gap$weights)),
    fix = list(what = "train"), symptom = 1
  )
}

evidence_last_layer <- function(case) if (!is.null(case$witness)) solve_last(case, case$layers)

# The share by which the loss fell in the last fifth of the epochs, or the last one.
late_fall <- function(loss) {
  n <- length(loss)
  if (n < 2) return(0)
  before <- loss[max(1, min(floor(0.8 * n), n - 1))]
  (before - loss[n]) / max(abs(before), 1e-300)
}

# The same of means of fifths, where that is more than chance: of losses that layers put noise into.
clear_fall <- function(loss) {
  m <- floor(length(loss) / 5)
  if (m < 2) return(late_fall(loss))
  last <- utils::tail(loss, m)
  before <- utils::head(utils::tail(loss, 2 * m), m)
  fall <- mean(before) - mean(last)
  if (fall < 2 * sqrt((stats::var(before) + stats::var(last)) / m)) 0 else fall /
    max(abs(mean(before)), 1e-300)
}

find_unfinished <- function(case) {
  if (!is_trained(case) || !all(is.finite(case$series))) return(NULL)
  if (is_told_otherwise(case)) return(NULL)
  room <- unfinished_room(case)
  if (is.na(room) || case$loss - as.double(case$floor) < 0.05 * abs(case$loss)) return(NULL)
  if (has_constraints(case) || has_frozen(case)) return(NULL) # what can be reached is not known
  fall <- if (is_noisy(case)) clear_fall(case$series) else late_fall(case$series)
  still <- case$fit$moved < 0.02 * case$fit$norm_before
  if (if (still) has_no_slope(case) else fall < 0.01) return(NULL)
  rate <- case$fit$rate
  found(
    if (still) "The learning rate is too small" else "Training stopped too early", "STRONG",
    if (still) {
      "The weights have hardly moved."
    } else {
      "The loss was still falling when training ended."
    },
    c(sprintf(
      "In the last fifth of the epochs it fell by %s; the weights moved by %s of their norm.",
    percent(max(fall, 0)),
      percent(min(case$fit$moved / case$fit$norm_before, 1))),
      slope_text(case),
      sprintf("At least %s can be reached (now %s).", digits(room), digits(case$loss))),
    if (still && is.numeric(rate)) {
      sprintf("learning_rate = %s, or far more epochs.", digits(rate * 100, 2))
    } else {
      "more epochs, or a higher learning rate."
    },
    explains = share_between(case, room, case$loss), symptom = if (still) 0.5 else 1,
    fix = list(what = if (still) "rate" else "train", by = 100)
  )
}

# A layer that is off as a whole stays off however long training lasts; and what training saw is
# learnt where its own loss is far below that of all rows, or where validation rows got worse.
is_told_otherwise <- function(case) {
  last <- case$series[length(case$series)]
  held <- !is.null(case$held_out)
  any(vapply(case$dead, function(d) length(d$units) == d$width, NA)) ||
    (held && isTRUE(last < 0.3 * case$loss)) || !is.null(find_overfit(case))
}

# A gradient of exactly 0, which no rate turns into steps.
has_no_slope <- function(case) {
  slope <- case$fit$norms["gradient", ]
  length(slope) > 0 && isTRUE(slope[length(slope)] == 0)
}

# Still a slope, or hardly any.
slope_text <- function(case) {
  slope <- case$fit$norms["gradient", ]
  if (length(slope) < 2 || !all(is.finite(slope[c(1, length(slope))]))) return(NULL)
  sprintf("Norm of the gradient: %s in the first epoch, %s in the last.", digits(slope[1], 2),
    digits(slope[length(slope)], 2))
}

# A loss that is known to be within reach, where it is much lower than the present one.
unfinished_room <- function(case) {
  if (!isTRUE(case$constant_loss > 1e-12)) return(NA_real_)
  known <- c(case$witness$honest, case$linear_loss,
    if (!is.na(case$constant_loss)) 0.9 * case$constant_loss)
  reach <- suppressWarnings(min(known, na.rm = TRUE))
  badly <- is.finite(reach) && case$loss > 2 * reach && case$loss > 0.3 * case$constant_loss
  if (isTRUE(badly) || does_badly(case) || isTRUE(case$loss > 0.9 * case$constant_loss)) {
    reach
  } else {
    NA_real_
  }
}
