#' Output of a model
#'
#' Inference: dropout and noise are off, batch normalization uses its moving statistics. The
#' result is the same for any `batch_size`.
#'
#' @param object a model whose input shape is known (built or fitted).
#' @param x samples, as for [fit()][fit.kestrel_model]. Rows with missing or infinite values
#'   give `NA`.
#' @param batch_size samples computed at once; `NULL` chooses.
#' @param verbose 0, the default: silent; 1: a progress bar; 2: one line when done.
#' @param steps batches to compute, when not all samples.
#' @param callbacks callbacks with `on_predict_*` hooks.
#' @inheritParams fit.kestrel_model
#' @param ... `newdata`, another name for `x`.
#' @return a matrix with a row for each sample and a column for each unit of the output; an
#'   array when the output has more dims.
#' @section Errors: `kestrel_error_state` when the model has no layers or is not built;
#'   `kestrel_error_shape` when `x` does not fit its input; `kestrel_error_argument` for other
#'   bad arguments; `kestrel_error_callback` when a hook fails.
#' @source Keras: `Model.predict()`.
#' @aliases predict
#' @family training
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(2, input_shape = 3)
#' predict(model, matrix(1:6, 2))
#' @export
predict.kestrel_model <- function(object, x, batch_size = NULL, verbose = 0, steps = NULL,
                                  callbacks = NULL, threads = NULL, ...) {
  if (missing(x)) x <- list(...)$newdata
  if (...length()) check_predict_dots(list(...))
  check_model(object)
  verbose <- resolve_verbose(verbose)
  if (!is.null(batch_size)) batch_size <- check_count(batch_size)
  if (!is.null(steps)) steps <- check_count(steps)
  threads <- engine_settings(threads)
  check_built(object)
  warn_features(object, x, "x", environment())
  x <- model_input(object, x, "x", environment())
  if (!is.null(steps)) x <- first_samples(x, steps * (batch_size %||% 32L))
  set <- callback_set(callbacks, call = environment())
  if (verbose == 0) return(predict_with_hooks(object, x, batch_size, set, threads))
  begun <- seconds_now()
  y <- predict_with_hooks(object, x, batch_size, set, threads)
  batches <- ceiling(sample_count(x) / (batch_size %||% 32L))
  progress_evaluated(verbose, batches, list(), seconds_now() - begun)
  y
}

check_predict_dots <- function(dots, call = caller_env()) {
  known <- c("x", "newdata", "batch_size", "verbose", "steps", "callbacks", "threads")
  check_dots(dots[names2(dots) != "newdata"], known, call)
}

first_samples <- function(x, n) {
  if (n >= sample_count(x)) return(x)
  some_samples(x, seq_len(n))
}

some_samples <- function(x, which) {
  dims <- dim(x)
  rows <- matrix(x, dims[1])[which, , drop = FALSE]
  dim(rows) <- c(length(which), dims[-1])
  rows
}

predict_with_hooks <- function(model, x, batch_size, set, threads) {
  if (!set$any) return(predict_rows(model, x, batch_size, threads))
  callbacks_attach(set, model, list())
  callbacks_run(set, "on_predict_begin")
  by_batch <- set$wants_predict_batches && sample_count(x) > 0
  y <- if (by_batch) {
    predict_batches(model, x, batch_size, set, threads)
  } else {
    predict_rows(model, x, batch_size, threads)
  }
  callbacks_run(set, "on_predict_end")
  y
}

predict_batches <- function(model, x, batch_size, set, threads) {
  size <- batch_size %||% 32L
  batches <- split(seq_len(sample_count(x)), (seq_len(sample_count(x)) - 1L) %/% size)
  parts <- lapply(seq_along(batches), function(i) {
    callbacks_run(set, "on_predict_batch_begin", i - 1L)
    y <- predict_rows(model, some_samples(x, batches[[i]]), size, threads)
    callbacks_run(set, "on_predict_batch_end", i - 1L, list(outputs = y))
    y
  })
  y <- do.call(rbind, lapply(parts, function(part) matrix(part, sample_count(part))))
  array(y, c(sample_count(x), dim(parts[[1]])[-1]))
}

# Rows that cannot be computed are NA; the others are as if these were not there.
predict_rows <- function(model, x, batch_size, threads) {
  if (count_missing(x)[4] == 0) return(predict_arrays(model, x, FALSE, batch_size, threads))
  flat <- matrix(x, sample_count(x))
  bad <- rowSums(!is.finite(flat)) > 0
  x[rep(bad, length.out = length(x))] <- 0
  y <- predict_arrays(model, x, FALSE, batch_size, threads)
  y[rep(bad, length.out = length(y))] <- NA_real_
  y
}

predict_arrays <- function(model, x, training = FALSE, batch_size = NULL,
                           threads = engine_settings()) {
  state <- environment(model)
  plan <- if (training) model_plan(model) else inference_plan(model)
  w <- pack_layout(model_layout(state))
  n <- sample_count(x)
  seed <- if (training) draw_seed() else 0
  if (is.null(batch_size)) batch_size <- if (training) max(n, 1L) else 256L
  size <- if (training) n else slice_samples(length(w), state$input, batch_size)
  if (n <= size) {
    whole <- list(data_array(x, state$input, 0L, n))
    return(engine_predict(plan, w, whole, batch_size, training, seed, threads)[[1]])
  }
  predict_slices(function(from, n) {
    slice <- list(data_array(x, state$input, from, n))
    engine_predict(plan, w, slice, batch_size, training, seed, threads)[[1]]
  }, n, size)
}

# Whole batches that take a fraction of a second: weights are used at each position of input.
slice_samples <- function(weights, input, batch_size) {
  work <- (weights + 100) * prod(input[-length(input)])
  batch_size * ceiling(5e7 / work / batch_size)
}

# One slice after the other, so that Ctrl-C is heard in between.
predict_slices <- function(compute, n, size) {
  y <- NULL
  for (from in seq(0, n - 1, by = size)) {
    check_interrupt()
    part <- compute(from, min(size, n - from))
    dims <- dim(part)[-1]
    if (is.null(y)) y <- matrix(0, n, prod(dims))
    y[from + seq_len(nrow(part)), ] <- part
  }
  array(y, c(n, dims))
}

# Outputs, and gradients of sum(y * v) by x and by the weights, all samples as one batch.
network_gradient <- function(model, x, v, training = FALSE) {
  state <- model_state(model)
  x <- model_input(model, x, "x")
  v <- check_data(v, "v")
  result <- engine_gradient(
    model_plan(model), pack_layout(model_layout(state)), list(data_array(x, sample_dims(x))),
    list(data_array(v, sample_dims(v))), training, if (training) draw_seed() else 0
  )
  dw <- lapply(weight_views(state$layers, c(result$dw, numeric(state_count(state$layers)))), identity)
  list(y = result$y[[1]], dx = result$dx[[1]], dw = dw, weights_after = weight_views(state$layers, result$w))
}

state_count <- function(layers) {
  slots <- unlist(lapply(layers, function(l) layer_state(l)$slots), recursive = FALSE)
  sum(vapply(slots, function(s) if (s$is_state) prod(s$dims) else 0, 0))
}

# A packed vector as a list of arrays, without touching the layers.
weight_views <- function(layers, w) {
  copies <- lapply(layers, function(layer) clone_layer(layer, layer$name))
  unpack_weights(copies, w)
  unlist(lapply(copies, function(l) unname(layer_state(l)$weights)), recursive = FALSE)
}
