#' Output of a model
#'
#' Inference: dropout and noise are off, batch normalization uses its moving statistics. The
#' result is the same for any `batch_size`.
#'
#' @param object a model. When the shape of its input is not known yet, that of `x` is taken and
#'   the model's first weights are drawn, as in Keras.
#' @param x samples, as for [fit()][fit.kestrel_model]. Rows with missing or infinite values
#'   give `NA`.
#' @param batch_size samples computed at once; `NULL` chooses.
#' @param verbose 0, the default: silent; 1: a progress bar; 2: one line when done.
#' @param steps batches to compute, when not all samples.
#' @param callbacks callbacks with `on_predict_*` hooks.
#' @inheritParams fit.kestrel_model
#' @param ... `newdata`, another name for `x`; Keras' `workers`, `max_queue_size` and
#'   `use_multiprocessing`, which have no effect.
#' @return a matrix with a row for each sample and a column for each unit of the output; an
#'   array when the output has more dims.
#' @section Errors: `kestrel_error_state` when the model has no layers;
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
  check_intact(object, environment())
  if (!identical(verbose, 0)) verbose <- resolve_verbose(verbose)
  if (!is.null(batch_size)) batch_size <- check_count(batch_size)
  if (!is.null(steps)) steps <- check_step_count(steps)
  threads <- engine_settings(threads)
  if (isS4(x) && is_sparse(x)) {
    if (nrow(x) < 1) return(predict(object, dense_batch(x)))
    x <- sparse_batches(x, NULL, NULL, batch_size %||% 256L)
    batch_size <- NULL
  }
  if (is_generator(x)) {
    check_no_array_settings(list(batch_size = batch_size), "x", environment())
    return(predict_generated(object, x, verbose, steps, callbacks, threads, environment()))
  }
  if (!is.null(environment(object)$features)) warn_features(object, x, "x", environment())
  x <- plain_column(x)
  plain <- is_plain_input(object, x)
  y <- if (plain && verbose == 0 && is.null(steps) && is.null(callbacks)) few_rows(object, x,
    threads)
  if (!is.null(y)) return(y)
  x <- if (plain) list(x) else {
    with_model_restored(object, model_input(object, x, "x", environment()))
  }
  if (!is.null(steps)) x <- first_samples(x, steps * (batch_size %||% 32L))
  set <- if (is.null(callbacks)) no_callbacks else callback_set(callbacks, call = environment())
  if (verbose == 0) return(predict_with_hooks(object, x, batch_size, set, threads))
  begun <- seconds_now()
  y <- predict_with_hooks(object, x, batch_size, set, threads)
  batches <- ceiling(sample_count(x[[1]]) / (batch_size %||% 32L))
  progress_evaluated(verbose, batches, list(), seconds_now() - begun)
  y
}

# The output for a matrix of a few rows, without what is for many; NULL where that is needed.
few_rows <- function(model, x, threads) {
  state <- environment(model)
  plan <- state$plan
  n <- dim(x)[1]
  few <- n < 100L && is.double(x) && identical(plan$draws, FALSE) && is.null(plan$outside)
  if (!few) return(NULL)
  samples <- list(list(values = x, dims = dim(x)[2], from = 0L, n = n))
  layout <- state$layout
  y <- engine_predict(plan, pack_states(layout$states, layout$is_state), samples, n, FALSE, 0,
    threads, TRUE)
  if (!is.null(y)) predictions(model, y)
}

predict_generated <- function(model, x, verbose, steps, callbacks, threads, call) {
  stream <- input_stream(model, x, call)
  begun <- seconds_now()
  y <- predict_stream(model, stream, steps, callback_set(callbacks, call), threads)
  progress_evaluated(verbose, attr(y, "steps"), list(), seconds_now() - begun)
  attr(y, "steps") <- NULL
  y
}

check_predict_dots <- function(dots, call = caller_env()) {
  known <- c("x", "newdata", "batch_size", "verbose", "steps", "callbacks", "threads")
  check_dots(without_queue(dots[names2(dots) != "newdata"], call), known, call)
}

# x: a list of arrays.
first_samples <- function(x, n) {
  if (n >= sample_count(x[[1]])) return(x)
  lapply(x, some_samples, seq_len(n))
}

some_samples <- function(x, which) {
  dims <- dim(x)
  rows <- matrix(x, dims[1])[which, , drop = FALSE]
  dim(rows) <- c(length(which), dims[-1])
  rows
}

predict_with_hooks <- function(model, x, batch_size, set, threads) {
  if (!set$any) return(predict_rows(model, x, batch_size, threads))
  by_batch <- set$wants_predict_batches && sample_count(x[[1]]) > 0
  if (!by_batch) return(within_prediction(model, set, predict_rows(model, x, batch_size, threads)))
  parts <- within_prediction(model, set,
    predict_batches(model, x, batch_size %||% 32L, set, threads))
  join_outputs(model, parts)
}

# `y` is computed between the hooks.
within_prediction <- function(model, set, y) {
  if (!set$any) return(y)
  callbacks_attach(set, model, list())
  callbacks_run(set, "on_predict_begin")
  force(y)
  callbacks_run(set, "on_predict_end")
  y
}

# The same for one batch, whose outputs are returned as a list.
within_predict_batch <- function(set, batch, y) {
  if (set$wants_predict_batches) callbacks_run(set, "on_predict_batch_begin", batch)
  force(y)
  if (set$wants_predict_batches) callbacks_run(set, "on_predict_batch_end", batch,
    list(outputs = y))
  if (is.list(y)) unname(y) else list(y)
}

predict_batches <- function(model, x, size, set, threads) {
  n <- sample_count(x[[1]])
  lapply(split(seq_len(n), (seq_len(n) - 1L) %/% size), function(rows) {
    within_predict_batch(set, (rows[1] - 1L) %/% size,
      predict_rows(model, lapply(x, some_samples, rows), size, threads))
  })
}

# parts: by batch, lists of outputs.
join_outputs <- function(model, parts) {
  outputs <- lapply(seq_along(parts[[1]]), function(o) join_samples(lapply(parts, `[[`, o)))
  predictions(model, outputs)
}

join_samples <- function(parts) {
  y <- do.call(rbind, lapply(parts, function(part) matrix(part, sample_count(part))))
  array(y, c(nrow(y), dim(parts[[1]])[-1]))
}

# What users get: an array, or a list by output, named where the outputs were.
predictions <- function(model, outputs) {
  if (length(outputs) == 1) outputs[[1]] else stats::setNames(outputs,
    model_state(model)$output_keys)
}

# Rows that cannot be computed are NA; the others are as if these were not there. The engine
# looks for such rows in doubles while it has them at hand.
predict_rows <- function(model, x, batch_size, threads) {
  y <- if (all_double(x)) predict_arrays(model, x, FALSE, batch_size, threads, finite = TRUE)
  if (!is.null(y)) return(predictions(model, y))
  missing <- vapply(x, function(x) count_missing(x)[4] > 0, NA)
  if (!any(missing)) return(predictions(model,
    predict_arrays(model, x, FALSE, batch_size, threads)))
  bad <- Reduce(`|`, lapply(x[missing],
    function(x) rowSums(!is.finite(matrix(x, sample_count(x)))) > 0))
  x <- lapply(x, blank_rows, bad, 0)
  y <- predict_arrays(model, x, FALSE, batch_size, threads)
  predictions(model, lapply(y, blank_rows, bad, NA_real_))
}

all_double <- function(arrays) {
  for (x in arrays) if (!is.double(x)) return(FALSE)
  TRUE
}

blank_rows <- function(x, rows, value) {
  x[rep(rows, length.out = length(x))] <- value
  x
}

# A list of arrays by output, of a list by input. finite: NULL where numbers in x are missing or
# infinite, in the model's precision.
predict_arrays <- function(model, x, training = FALSE, batch_size = NULL,
                           threads = engine_settings(), finite = FALSE) {
  plan <- if (training) model_plan(model) else inference_plan(model)
  layout <- model_layout(environment(model))
  w <- pack_layout(layout)
  n <- sample_count(x[[1]])
  if (n >= 100L) check_predictions(model, n)
  if (is.null(batch_size)) batch_size <- if (training) max(n, 1L) else 256L
  if (isTRUE(plan$draws)) threads <- 1L
  compute <- function(from, n) {
    seed <- if (training || isTRUE(plan$draws)) draw_seed() else 0
    if (training && !is.null(layout$is_state) && is.null(plan$outside) && n > 0) {
      return(predict_moving(plan, layout, data_arrays(x), seed))
    }
    y <- engine_predict(plan, w, data_arrays(x, from, n), batch_size, training, seed, threads,
      finite)
    if (is.null(attr(y, "w"))) return(y)
    keep_states(layout, attr(y, "w"))
    w <<- pack_layout(layout)
    structure(y, w = NULL)
  }
  if (training || n <= batch_size) return(compute(0L, n))
  size <- slice_samples(length(w), plan$inputs, batch_size)
  if (n <= size) compute(0L, n) else predict_slices(compute, n, size)
}

# One pass of training, which moves statistics.
predict_moving <- function(plan, layout, x, seed) {
  outputs <- lapply(network_info(plan)$nodes[unlist(plan$outputs) + 1L], `[[`, "output")
  blank <- data_arrays(lapply(outputs, function(dims) array(0, c(x[[1]]$n, dims))))
  pass <- engine_gradient(plan, pack_layout(layout), x, blank, TRUE, seed)
  keep_states(layout, pass$w)
  pass$y
}

# A few samples need no more memory than the weights of their outputs.
check_predictions <- function(model, n, call = caller_env(3)) {
  numbers <- n * sum(vapply(model_outputs(model), function(dims) prod(as.double(dims)), 0))
  check_memory(8 * numbers, "Predictions", call)
}

# Whole batches that take a fraction of a second: weights are used at each position of input.
slice_samples <- function(weights, inputs, batch_size) {
  positions <- max(vapply(inputs, function(dims) prod(dims[-length(dims)]), 0))
  work <- (weights + 100) * positions
  batch_size * ceiling(1e8 / work / batch_size)
}

# One slice after the other, so that Ctrl-C is heard in between.
predict_slices <- function(compute, n, size) {
  y <- NULL
  for (from in seq(0, n - 1, by = size)) {
    check_interrupt()
    parts <- compute(from, min(size, n - from))
    if (is.null(parts)) return(NULL)
    dims <- lapply(parts, function(part) dim(part)[-1])
    if (is.null(y)) y <- lapply(dims, function(dims) matrix(0, n, prod(dims)))
    for (o in seq_along(y)) y[[o]][from + seq_len(nrow(parts[[o]])), ] <- parts[[o]]
  }
  Map(function(y, dims) array(y, c(n, dims)), y, dims)
}

# Outputs, and gradients of sum(y * v) by x and by the weights, all samples as one batch. x and v
# are arrays, or lists of them.
network_gradient <- function(model, x, v, training = FALSE) {
  layers <- leaf_layers(model)
  x <- model_input(model, x, "x")
  v <- if (is.list(v)) lapply(v, check_data, "v") else list(check_data(v, "v"))
  result <- engine_gradient(
    model_plan(model), pack_weights(layers), data_arrays(x), data_arrays(v), training,
    if (training) draw_seed() else 0
  )
  list(y = one_or_list(result$y), dx = one_or_list(result$dx),
    dw = weight_views(layers, c(result$dw, numeric(state_count(layers)))),
    weights_after = weight_views(layers, result$w))
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
