# Training: check everything, hand model and data to the engine, and look at it as often as
# callbacks, printing and validation ask for; see run.R for the loop.

#' Train a model
#'
#' Weights are changed in place; the model is trained further by a second call, with the
#' optimizer's state as the first one left it. Ctrl-C stops between two batches: the weights
#' are those of the last batch, and `model$history` holds the epochs so far.
#'
#' A loss that becomes NaN or infinite does not stop training (as in Keras, see
#' [callback_terminate_on_nan()]); a warning of class `kestrel_warning_nonfinite` says where
#' it began. A warning of class `kestrel_warning_frozen` is given when all layers are frozen,
#' `kestrel_warning_trainable` when some were frozen or unfrozen since
#' [compile()][compile.kestrel_model], which takes effect with the next.
#'
#' Columns of `x` are taken by position. When they have names, and these differ from those of
#' the first fit, here or in [evaluate()] and `predict()`, a warning of class
#' `kestrel_warning_feature_names` says so, or `kestrel_warning_feature_order` for the same
#' names in another order.
#'
#' @param object a compiled model.
#' @param x samples: a numeric vector (one column), matrix, array with samples first, or
#'   data frame of numeric columns. Missing and infinite values are errors. Or a generator, see
#'   the section below. Or a sparse matrix of package 'Matrix', of which only
#'   the rows of a batch are made dense; their random order is then drawn by R's generator.
#' @param y targets, as many as samples: like `x`, or a logical vector, or a factor, whose
#'   levels become class codes, indicator columns or 0 and 1, as loss and output ask for.
#' @param batch_size samples per step of the optimizer, 32 by default; all of them for
#'   [optimizer_lbfgs()] and its like, which take no fewer. The last batch of an epoch may be
#'   smaller.
#' @param epochs the number of the last epoch, so `epochs - initial_epoch` are trained.
#' @param verbose 0: silent; 1: a progress bar; 2: one line per epoch; `"auto"`: 1, in
#'   knitted documents 2.
#' @param callbacks a callback, or a list of them; see [callback_early_stopping()] and
#'   [KerasCallback].
#' @param view_metrics whether to plot the history while training; `"auto"`: in RStudio.
#' @param validation_split share of the samples, taken from the end before shuffling, that is
#'   not trained on but evaluated after each epoch.
#' @param validation_data `list(x, y)` or `list(x, y, sample_weight)` to evaluate after each
#'   epoch; it is used instead of `validation_split`. Or a generator of such lists.
#' @param shuffle whether to train in a new random order in each epoch; `"batch"` shuffles
#'   whole batches.
#' @param class_weight named list or vector of weights by class: names are the codes "0",
#'   "1", ..., or the levels of a factor `y`; classes that are not named weigh 1.
#' @param sample_weight a weight for each sample. The loss of a batch is the sum of weight
#'   times loss over the number of samples.
#' @param initial_epoch epochs done already, to go on counting from.
#' @param steps_per_epoch batches that make an epoch, when not all; the next epoch goes on
#'   where the last one stopped. A generator that never ends needs it. May be a quotient such as
#'   `nrow(x) / 32`, of which the part after the point is left out.
#' @param validation_steps batches to evaluate, when not all; the same holds.
#' @param validation_batch_size by default `batch_size`.
#' @param validation_freq evaluate every so many epochs, or after these epochs (a vector).
#' @param restarts how many times to start from fresh initial weights, drawn by R's generator for
#'   each layer that is trained; `NULL`: go on from the weights there are. Of more than ten starts
#'   the 12th, 14th and so on do not begin afresh but from the best one so far, in which each unit
#'   of all layers but the last has fresh incoming weights with probability 1/3 (at least one in
#'   each layer): rare minima often share most of their units with lesser ones. The model keeps
#'   the start that ended with the lowest training loss, its history and optimizer state;
#'   `history$params$restarts` has the loss that each of them ended with. Callbacks see each start
#'   as a fit of its own. Weights given to a layer by `weights` are what it starts from each time.
#'   Ctrl-C keeps the best of the starts that were finished, or what the first has reached.
#'   Not with [callback_backup_and_restore()].
#' @param threads threads to use at most; `NULL`: `options(kestrel.threads = )`, or two (one
#'   where that is half of the processors). The results are the same for any number, and small
#'   work is done by one. Under Linux there are no more than other processes that compute leave
#'   processors for, as among parallel workers.
#' @param ... Keras' `workers`, `max_queue_size` and `use_multiprocessing`, which have no effect;
#'   anything else is an error that names the nearest argument.
#' @return a history, invisibly: see [plot.keras_training_history()].
#' @section Generators: a generator is a function without arguments that returns the next batch,
#'   `list(x, y)` or `list(x, y, sample_weight)`, each as above; for `predict()` `x` or `list(x)`
#'   will do. `NULL` is the end of a pass over the data: of an epoch, or of the evaluation. Then
#'   the function is called again for the next epoch; when it gives `NULL` again, or fewer than
#'   `steps_per_epoch` batches, training ends with a warning of class
#'   `kestrel_warning_out_of_data`. Batches are taken in the order and of the sizes that they come
#'   in; one step of the optimizer is made of each. `batch_size`, `validation_split`,
#'   `sample_weight` and `restarts` are for arrays. [timeseries_generator()] makes generators.
#' @section Errors: `kestrel_error_state` (not compiled, being fitted),
#'   `kestrel_error_argument` with its kinds `kestrel_error_shape` and `kestrel_error_data`,
#'   `kestrel_error_memory`, `kestrel_error_callback`. After an error in the arguments the
#'   model is as before.
#' @source Keras: `Model.fit()`; arguments as in R keras 2.x.
#' @aliases fit
#' @family training
#' @examples
#' x <- as.matrix(cars$speed) / 25
#' y <- cars$dist / 120
#' model <- keras_model_sequential() %>%
#'   layer_dense(8, activation = "tanh", input_shape = 1) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
#' history <- model %>% fit(x, y, epochs = 50, verbose = 0)
#' history
#' @export
fit.kestrel_model <- function(object, x = NULL, y = NULL, batch_size = NULL, epochs = 10,
                              verbose = getOption("keras.fit_verbose", "auto"),
                              callbacks = NULL,
                              view_metrics = getOption("keras.view_metrics", "auto"),
                              validation_split = 0, validation_data = NULL, shuffle = TRUE,
                              class_weight = NULL, sample_weight = NULL, initial_epoch = 0,
                              steps_per_epoch = NULL, validation_steps = NULL,
                              validation_batch_size = NULL, validation_freq = 1,
                              threads = NULL, restarts = NULL, ...) {
  check_dots(without_queue(list(...)), names(formals(fit.kestrel_model)))
  check_ready(object)
  if (local_compiled_flags(object)) warn_flags()
  optimizer <- model_state(object)$compiled$optimizer
  settings <- list(
    epochs = check_count(epochs, min = 0L),
    initial_epoch = check_count(initial_epoch, min = 0L),
    verbose = resolve_verbose(verbose),
    view_metrics = check_view_metrics(view_metrics),
    batch_size = check_count(batch_size, null = TRUE),
    steps_per_epoch = check_step_count(steps_per_epoch),
    validation_steps = check_step_count(validation_steps),
    validation_batch_size = check_count(validation_batch_size, null = TRUE),
    validation_freq = if (identical(validation_freq, 1)) 1L else check_frequency(validation_freq),
    threads = engine_settings(threads),
    import = check_import(getOption("kestrel.import"))
  )
  settings <- c(settings, check_shuffle(shuffle))
  check_initial_epoch(settings)
  if (!identical(validation_split, 0)) {
    validation_split <- check_number(validation_split, min = 0, max = 1, open = "max")
  }
  callbacks <- callback_set(callbacks, call = environment())
  restarts <- check_count(restarts, null = TRUE)
  call <- environment()
  if (is_sparse(x)) {
    fed <- sparse_fit_data(x, y, sample_weight, validation_split, validation_data, shuffle,
      settings, call)
    x <- fed$x
    validation_data <- fed$validation_data
    y <- sample_weight <- settings$batch_size <- NULL
    validation_split <- 0
  }
  from_generator <- is_generator(x)
  if (from_generator) {
    check_no_array_settings(list(y = y, batch_size = settings$batch_size,
      sample_weight = sample_weight,
      validation_split = if (validation_split > 0) validation_split, restarts = restarts), "x",
      call)
    check_takes_batches(optimizer, call)
  }
  plain <- is.null(validation_data) && validation_split == 0 && is.null(sample_weight) &&
    is.null(class_weight)
  samples <- if (plain) plain_samples(object, x, y)
  data <- if (!is.null(samples)) {
    checked_fit(object, list(train = samples), optimizer, settings, call)
  } else {
    with_model_restored(object, if (from_generator) {
      with_seed_kept(generator_samples(object, x, validation_data, class_weight, call))
    } else {
      data <- check_samples(object, x, y, sample_weight, class_weight, call = call)
      samples <- training_samples(object, data, validation_split, validation_data, call)
      checked_fit(object, c(data["classes"], samples), optimizer, settings, call)
    })
  }
  settings <- if (from_generator) {
    generator_settings(settings, data)
  } else {
    batch_settings(settings, data$train$n, optimizer)
  }
  settings$validation_split <- if (is.null(validation_data)) validation_split else 0
  warn_frozen(object)
  begin <- function() new_run(object, data, settings, callbacks, call)
  check_restarts_unbacked(restarts, callbacks)
  if (!is.null(restarts)) return(invisible(best_start(object, restarts, begin, x)))
  run <- begin()
  if (!from_generator) keep_features(object, x)
  invisible(run_training(run))
}

# Data that the optimizer can train the model on.
checked_fit <- function(model, data, optimizer, settings, call) {
  check_all_rows(optimizer, settings, data$train$n, call = call)
  check_solvable(model, call = call)
  data
}

# Keras trains such a model without a word.
warn_frozen <- function(model, call = caller_env()) {
  any_weighty <- FALSE
  for (state in model_layout(model_state(model))$states) {
    weighty <- !all(state$is_state)
    if (weighty && state$trainable) return(invisible(model))
    any_weighty <- any_weighty || weighty
  }
  if (!any_weighty) return(invisible(model))
  warn_kestrel("frozen", "All layers are frozen: no weight will change.",
    hint = "unfreeze_weights() and compile() let them be trained.", call = call)
}

# Building the model for the first data is undone when the data turn out to be wrong.
with_model_restored <- function(model, code) {
  if (model_state(model)$built) return(code)
  with_seed_kept(with_layers_restored(model, code))
}

with_layers_restored <- function(model, code) {
  states <- states_within(model)
  before <- lapply(states, as.list, all.names = TRUE)
  selves <- Filter(Negate(is.null), lapply(states, `[[`, "instance"))
  own <- lapply(selves, function(self) mget(names(instance_fields()), envir = self))
  good <- FALSE
  on.exit(if (!good) {
    Map(restore_environment, states, before)
    Map(list2env, own, selves)
  })
  value <- force(code)
  good <- TRUE
  value
}

# Of the model, its layers, and of models in it; of custom layers those in them, too.
states_within <- function(part, above = list()) {
  state <- environment(part)
  if (any(vapply(above, identical, NA, state))) return(list())
  parts <- if (is_model(part)) state$layers else if (!is.null(state$instance)) parts_in_self(state$instance)
  c(list(state), unlist(lapply(parts, states_within, c(above, list(state))), recursive = FALSE))
}

restore_environment <- function(env, values) {
  rm(list = ls(env, all.names = TRUE), envir = env)
  list2env(values, envir = env)
}

check_ready <- function(model, call = caller_env()) {
  state <- if (!missing(model) && is_model(model)) environment(model)
  ready <- !is.null(state$built) && length(state$layers) && !is.null(state$compiled)
  if (ready && !length(the$fitting)) return(invisible(model))
  check_model(model, arg = "object", call = call)
  check_layers_present(model, call)
  if (is.null(state$compiled)) {
    stop_kestrel("state", "The model is not compiled.",
      hint = "Call compile() first, for example compile(model, loss = \"mse\").", call = call)
  }
  check_not_fitting(model, call)
}

check_shuffle <- function(x, arg = "shuffle", call = caller_env()) {
  if (identical(x, "batch")) return(list(shuffle = TRUE, shuffle_batches = TRUE))
  if (is_flag(x)) return(list(shuffle = x, shuffle_batches = FALSE))
  stop_argument(arg, "TRUE, FALSE or \"batch\"", x, call = call)
}

check_frequency <- function(x, arg = "validation_freq", call = caller_env()) {
  good <- is.numeric(x) && !is.object(x) && length(x) >= 1 && all(is.finite(x)) &&
    all(x == trunc(x)) && all(x >= 1) && all(x <= .Machine$integer.max)
  if (good) return(as.integer(x))
  stop_argument(arg, "a whole number from 1 to 2147483647, or several", x, call = call)
}

check_initial_epoch <- function(settings, call = caller_env()) {
  if (settings$initial_epoch <= settings$epochs) return(invisible())
  stop_argument("initial_epoch", sprintf("at most `epochs`, %d", settings$epochs),
    settings$initial_epoch, call = call)
}

# NULL: 32, or what makes so many steps of all samples; or all.
batch_settings <- function(settings, n, optimizer) {
  size <- settings$batch_size
  steps <- settings$steps_per_epoch
  if (takes_all_rows(optimizer)) steps <- 1L
  if (is.null(size)) size <- if (is.null(steps)) 32L else as.integer(ceiling(n / min(steps, n)))
  settings$batch_size <- size
  settings$validation_batch_size <- settings$validation_batch_size %||% size
  settings$steps <- steps %||% as.integer(ceiling(n / size))
  settings
}
