#' Loss and metrics on data
#'
#' One pass without training: dropout and noise are off, batch normalization uses its moving
#' statistics; the loss includes the penalties of regularizers.
#'
#' @inheritParams fit.kestrel_model
#' @param batch_size samples computed at once, 32 by default. The loss does not depend on it;
#'   a metric of your own that is computed by batches may.
#' @param verbose 0: silent; 1: a progress bar; 2: one line when done; `"auto"`: 1, in knitted
#'   documents 2.
#' @param sample_weight a weight for each sample: the loss is the sum of weight times loss over
#'   the number of samples.
#' @param callbacks callbacks with `on_test_*` hooks.
#' @param steps batches to evaluate, when not all samples.
#' @return a named vector, the loss first; `score$loss`, `score[["loss"]]` and `score[1]` work, and
#'   so do other names of the same metric, `score$mean_absolute_error` for "mae".
#' @section Errors: `kestrel_error_state` (not compiled, not built), `kestrel_error_argument`
#'   with its kinds `kestrel_error_shape` and `kestrel_error_data`, `kestrel_error_callback`.
#' @source Keras: `Model.evaluate()`.
#' @family training
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse", metrics = "mae")
#' evaluate(model, cars$speed, cars$dist)
#' @export
evaluate <- function(object, ...) UseMethod("evaluate")

#' @rdname evaluate
#' @export
evaluate.kestrel_model <- function(object, x = NULL, y = NULL, batch_size = NULL,
                                   verbose = getOption("keras.fit_verbose", "auto"),
                                   sample_weight = NULL, steps = NULL, callbacks = NULL,
                                   threads = NULL, ...) {
  check_dots(without_queue(list(...)), names(formals(evaluate.kestrel_model)))
  check_compiled(object)
  local_compiled_flags(object)
  verbose <- resolve_verbose(verbose)
  batch_size <- check_count(batch_size, null = TRUE)
  steps <- check_step_count(steps)
  threads <- engine_settings(threads)
  hooks <- callback_set(callbacks, call = environment())
  if (is_sparse(x)) {
    check_sparse(x, y, sample_weight, c("x", "y", "sample_weight"), environment())
    x <- sparse_batches(x, y, sample_weight, batch_size %||% 32L)
    y <- batch_size <- sample_weight <- NULL
  }
  if (is_generator(x)) {
    check_no_array_settings(list(y = y, batch_size = batch_size, sample_weight = sample_weight),
      "x",
      environment())
    return(evaluate_generated(object, x, verbose, steps, hooks, threads, environment()))
  }
  batch_size <- batch_size %||% 32L
  data <- with_model_restored(object,
    check_samples(object, x, y, sample_weight, call = environment()))
  samples <- new_samples(data$x, data$y, data$weight)
  batches <- min(ceiling(samples$n / batch_size), steps)
  call <- environment()
  scored(object, hooks, verbose, batches,
    evaluate_samples(object, samples, batch_size, steps, call, hooks, threads))
}

evaluate_generated <- function(model, x, verbose, steps, hooks, threads, call) {
  stream <- with_model_restored(model, sample_stream(model, x, "x", call))
  scored(model, hooks, verbose, steps %||% stream_steps(stream), {
    w <- pack_layout(model_layout(model_state(model)))
    evaluate_stream(model, stream, steps, w, hooks, threads, call)
  })
}

# `values` is computed between the hooks; its attribute "steps" tells how many batches there were.
scored <- function(model, hooks, verbose, steps, values) {
  callbacks_attach(hooks, model, list(verbose = verbose, steps = steps))
  begun <- seconds_now()
  if (hooks$any) callbacks_run(hooks, "on_test_begin", logs = list())
  steps <- attr(values, "steps") %||% steps
  attr(values, "steps") <- NULL
  if (hooks$any) callbacks_run(hooks, "on_test_end", logs = as.list(values))
  progress_evaluated(verbose, steps, as.list(values), seconds_now() - begun)
  structure(values, class = c("kestrel_score", "numeric"))
}

check_compiled <- function(model, call = caller_env()) {
  check_model(model, arg = "object", call = call)
  check_layers_present(model, call)
  if (!is.null(model_state(model)$compiled)) return(invisible(model))
  stop_kestrel("state", "The model is not compiled.",
    hint = "Call compile() first, for example compile(model, loss = \"mse\").", call = call)
}

evaluate_samples <- function(model, samples, batch_size, steps, call, hooks = NULL, threads = 1L) {
  state <- model_state(model)
  w <- pack_layout(model_layout(state))
  gather <- gathers(check_import(getOption("kestrel.import"), call), list(samples), state$precision)
  trainer <- evaluation_trainer(model, samples, batch_size, w, call, threads, gather)
  parts <- training_parts(model)
  values <- evaluate_all(trainer, steps, hooks, parts$labels, parts$custom, call, parts$outside)
  if (!is.null(parts$outside$nodes)) keep_states(model_layout(state), trainer_get(trainer)$w)
  stats::setNames(values, parts$labels)
}

evaluation_trainer <- function(model, samples, batch_size, w, call, threads, gather = FALSE) {
  settings <- list(batch_size = batch_size, validation_batch_size = batch_size, threads = threads,
    gather = gather)
  seed <- if (isTRUE(training_plan(model)$draws)) draw_seed() else 0
  train <- train_spec(model, samples, settings, seed, training = FALSE, call = call)
  trainer_new(training_plan(model), train, NULL, samples, w, call, "Evaluation")
}

#' @export
`$.kestrel_score` <- function(x, name) x[[name]]

#' @export
`[[.kestrel_score` <- function(x, i) {
  if (is_string(i)) i <- name_or_alias(i, names(x))
  if (is.character(i) && !all(i %in% names(x))) {
    stop_unknown_field("score", i[1], names(x), "score")
  }
  unclass(x)[[i]]
}

#' @export
print.kestrel_score <- function(x, ...) {
  print(unclass(x), ...)
  invisible(x)
}

#' @export
`[.kestrel_score` <- function(x, i) unclass(x)[i]

# data.frame(t(score)), a row of a table of results.
#' @export
t.kestrel_score <- function(x) t(unclass(x))
