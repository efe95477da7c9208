# Losses that are R functions: called with arrays, samples first, of which y_pred is traced.

is_custom_loss <- function(loss) !is.null(fields(loss)$fn)

new_custom_loss <- function(fn, label) {
  fields <- list(name = "custom", record = "custom", label = label, config = named_list(),
    choice = list(name = "outside", h = double()), axis = -1L,
    reduction = "sum_over_batch_size", fn = fn)
  new_object(function(y_true, y_pred, sample_weight = NULL) {
    self <- fields_of_self()
    custom_loss_value(self, y_true, y_pred, sample_weight, sys.call())
  }, fields, "kestrel_loss")
}

# R keras 2.x keeps a function's name in an attribute.
function_loss <- function(fn, arg, call) {
  new_custom_loss(check_metric_function(fn, arg, call),
    attr(fn, "py_function_name", exact = TRUE) %||% "custom")
}

custom_loss_value <- function(loss, y_true, y_pred, sample_weight, call) {
  y_true <- as_samples(check_compared(y_true, "y_true", call))
  y_pred <- as_samples(check_compared(y_pred, "y_pred", call))
  n <- sample_count(y_pred)
  weight <- column_weights(sample_weight, n, call)
  batch <- list(y_true = y_true, y_pred = y_pred, weight = weight, n = n)
  custom_loss_gradient(list(fn = masked(loss$fn)), loss$label, batch, FALSE, call)$value
}

# list(value, slope, slopes) of one batch, as batch_arrays() gives it: the reduced loss and, where
# they are wanted, its gradients by the predictions and by what the function reads, traced values
# of one tape, see loss-tensors.R.
custom_loss_gradient <- function(read, label, batch, gradient, call, from = NULL) {
  tape <- if (length(from)) tape_of(from[[1]]) else new_tape()
  y_pred <- trace_value(batch$y_pred, tape)
  run <- function() {
    own_call(read$fn, list(batch$y_true, y_pred), sprintf("loss \"%s\"", label), "loss", call)
  }
  v <- if (length(from)) read$seeing(from, run()) else run()
  check_loss_values(v, label, batch, call)
  check_masked_values(v, batch$mask, label, "loss", call)
  total <- reduce_values(v, batch$weight, batch$n, batch$mask)
  slopes <- if (gradient) tape_gradients(total, c(list(y_pred), from))
  list(value = as.double(plain(total)), slope = slopes[[1]], slopes = slopes[-1])
}

# sum(w v) / count; a single number for the batch meets the mean of the weights. Of masked steps
# neither value nor count is there.
reduce_values <- function(v, weight, n, mask = NULL) {
  if (length(v) == 1 && n != 1) return(v * if (is.null(weight)) 1 else mean(weight))
  count <- if (is.null(mask)) length(v) else sum(mask) + 1e-7
  weight <- masked_weights(weight, mask, length(v))
  if (is.null(weight)) mean(v) else sum(as.double(v) * weight) / count
}

# For each of n values; NULL: all weigh 1.
masked_weights <- function(weight, mask, n) {
  if (is.null(mask)) return(if (!is.null(weight)) rep_len(weight, n))
  rep_len(weight %||% 1, n) * mask
}

# Only values by step can be left out.
check_masked_values <- function(v, mask, label, what, call) {
  n <- length(plain(v))
  if (is.null(mask) || n == 1 || n == length(mask)) return(invisible(v))
  stop_kestrel(what, sprintf(
    "The %s \"%s\" must return one number for each of %d steps, of which some are masked, not %d.",
    what, label, length(mask), n), hint = "Take means over the last axis only.", argument = label,
    value = n, call = call)
}

check_loss_values <- function(v, label, batch, call) {
  n <- batch$n
  values <- plain(v)
  stop_values <- function(text, hint) {
    stop_kestrel("loss", sprintf("The loss \"%s\" %s", label, text), hint = hint, argument = label,
      value = shorten(values), call = call)
  }
  good <- is.numeric(values) &&
    (length(values) == 1 || length(values) > 0 && length(values) %% n == 0)
  if (!good) {
    stop_values(sprintf("must return one number, or one for each of %d samples, not %s.", n,
      describe(values)), "rowMeans(), for example, gives one for each.")
  }
  if (!is_traced(v)) {
    stop_values("has no gradient: what it returns does not come from `y_pred`.",
      "Comparisons, sign(), round() and the like are constant.")
  }
  if (anyNA(values) && all(is.finite(batch$y_pred))) {
    stop_values(sprintf("is %s at position %d, though the predictions are finite.",
      format(values[is.na(values)][1]), which(is.na(values))[1]),
      "Keep log() and sqrt() off negative numbers, for example by pmax(x, 1e-7).")
  }
}
