#' Diagnose while training
#'
#' Makes the quick checks of [diagnose()] before the first epoch, when the loss has stalled (no
#' improvement by 0.1 % within `max(50, 5 %)` of the epochs) and at the end, and tells each
#' fault once. The data are those of [fit()][fit.kestrel_model].
#'
#' @param every also look every so many epochs; `NULL`: only when the loss stalls.
#' @param level of the checks: `"quick"`, `"standard"` or `"full"`.
#' @param action `"message"`: tell; `"stop"`: also stop training where a proof says that no
#'   more training helps, that is when all of the excess loss is explained.
#' @return a callback; its field `diagnosis` holds the last diagnosis.
#' @section Errors: `kestrel_error_argument` for bad arguments.
#' @family callbacks
#' @family diagnosis
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(4, input_shape = 1) %>% layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.1))
#' look <- callback_diagnose(action = "stop")
#' model %>% fit(cars$speed / 25, cars$dist / 120, epochs = 500, verbose = 0, callbacks = look)
#' look$diagnosis
#' @export
callback_diagnose <- function(every = NULL, level = "quick", action = c("message", "stop")) {
  every <- check_count(every, null = TRUE)
  level <- check_level(level)
  if (length(action) == 2) action <- action[1]
  action <- check_choice(action, c("message", "stop"), "an action")
  new_callback("diagnose", list(every = every, level = level, action = action), list(
    on_train_begin = diagnose_begin, on_epoch_end = diagnose_look, on_train_end = diagnose_end
  ), state = c("told", "best", "since"))
}

diagnose_begin <- function(self, logs) {
  self$told <- character()
  self$best <- Inf
  self$since <- 0L
  self$diagnosis <- NULL
  diagnose_now(self)
}

diagnose_look <- function(self, epoch, logs) {
  loss <- logs$loss
  better <- isTRUE(loss < self$best - 1e-3 * abs(self$best)) || !is.finite(self$best)
  self$since <- if (better) 0L else self$since + 1L
  if (better && isTRUE(is.finite(loss))) self$best <- loss
  stalled <- self$since >= max(50, 0.05 * (self$params$epochs %||% 0))
  due <- !is.null(self$every) && (epoch + 1) %% self$every == 0
  broken <- !isTRUE(is.finite(loss)) && !"O0" %in% self$told
  if (!stalled && !due && !broken) return(invisible())
  self$since <- 0L
  diagnose_now(self)
}

diagnose_end <- function(self, logs) diagnose_now(self)

diagnose_now <- function(self) {
  run <- model_state(self$model)$running
  if (is.null(run)) return(invisible())
  self$diagnosis <- diagnose_run(run, self$level)
  tell_faults(self)
  if (self$action == "stop" && is_hopeless(self$diagnosis)) stop_training(self$model)
  invisible()
}

# Of the samples that fit() has, in the arrays that it reads.
diagnose_run <- function(run, level, checks = "all") {
  state <- run$state
  state$last_fit <- run_remember(run)
  train <- run$data$train
  rows <- function(part) {
    if (is.null(part)) return(NULL)
    if (part$n == sample_count(part$values)) part$values else some_samples(part$values, part$from + seq_len(part$n))
  }
  diagnose(run$model, rows(train$x[[1]]), rows(train$y[[1]]), sample_weight = as.vector(rows(train$weight[[1]])),
    checks = checks, level = level, history = run_history(run))
}

tell_faults <- function(self) {
  d <- self$diagnosis
  new <- which(d$severity == "fault" & d$confidence != "LIKELY" & !d$id %in% self$told)
  self$told <- c(self$told, d$id[new])
  for (i in new) {
    message(sprintf("%s %s: %s", d$confidence[i], d$cause[i], d$evidence[i]))
  }
}

is_hopeless <- function(d) {
  any(d$severity == "fault" & d$confidence == "PROVEN" & !is.na(d$explains) & d$explains >= 0.99)
}
