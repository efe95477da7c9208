#' Old names of functions for generators
#'
#' [fit()][fit.kestrel_model], [evaluate()] and [predict()][predict.kestrel_model] take generators
#' themselves; these hand over to them, with a warning of class `kestrel_warning_deprecated`.
#'
#' @inheritParams fit.kestrel_model
#' @param generator a function that returns the next batch.
#' @param steps batches to take; `NULL`: until the generator returns `NULL`.
#' @param max_queue_size,workers are not used: batches are made when they are needed.
#' @return as [fit()][fit.kestrel_model], [evaluate()] and [predict()][predict.kestrel_model].
#' @section Errors: as those.
#' @source R package 'keras' 2.x.
#' @family training
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, input_shape = 1)
#' model %>% compile(loss = "mse")
#' pick <- function() {
#'   rows <- sample(nrow(cars), 10)
#'   list(cars$speed[rows], cars$dist[rows])
#' }
#' # fit(model, pick, steps_per_epoch = 5) is the new way to say
#' suppressWarnings(fit_generator(model, pick, steps_per_epoch = 5, verbose = 0))
#' @export
fit_generator <- function(object, generator, steps_per_epoch = NULL, epochs = 1,
                          verbose = getOption("keras.fit_verbose", "auto"), callbacks = NULL,
                          view_metrics = getOption("keras.view_metrics", "auto"),
                          validation_data = NULL, validation_steps = NULL, class_weight = NULL,
                          max_queue_size = 10, workers = 1, initial_epoch = 0) {
  check_present("object", "generator")
  check_queue(list(workers = workers, max_queue_size = max_queue_size))
  warn_old_name("fit_generator", "fit")
  invisible(fit(object, generator, epochs = epochs, verbose = verbose, callbacks = callbacks,
    view_metrics = view_metrics, validation_data = validation_data, class_weight = class_weight,
    initial_epoch = initial_epoch, steps_per_epoch = steps_per_epoch,
    validation_steps = validation_steps))
}

#' @rdname fit_generator
#' @export
evaluate_generator <- function(object, generator, steps = NULL, max_queue_size = 10, workers = 1,
                               callbacks = NULL) {
  check_present("object", "generator")
  check_queue(list(workers = workers, max_queue_size = max_queue_size))
  warn_old_name("evaluate_generator", "evaluate")
  evaluate(object, generator, steps = steps, callbacks = callbacks)
}

#' @rdname fit_generator
#' @export
predict_generator <- function(object, generator, steps = NULL, max_queue_size = 10, workers = 1,
                              verbose = 0, callbacks = NULL) {
  check_present("object", "generator")
  check_queue(list(workers = workers, max_queue_size = max_queue_size))
  warn_old_name("predict_generator", "predict")
  predict(object, generator, steps = steps, verbose = verbose, callbacks = callbacks)
}

# What Keras makes batches with, in processes of their own; here they are made when they are needed.
# Returns the other arguments.
without_queue <- function(dots, call = caller_env()) {
  check_queue(dots, call)
  dots[!names2(dots) %in% queue_arguments]
}

queue_arguments <- c("workers", "max_queue_size", "use_multiprocessing")

check_queue <- function(given, call = caller_env()) {
  for (name in intersect(names(given), queue_arguments)) {
    value <- given[[name]]
    if (name == "use_multiprocessing") {
      check_flag(value, arg = name, call = call)
    } else {
      check_count(value, min = 0L, arg = name, call = call)
    }
  }
}

warn_old_name <- function(old, new, call = caller_env()) {
  warn_kestrel("deprecated",
    sprintf("%s() is the old name of %s(), which takes generators.", old, new),
    call = call)
}
