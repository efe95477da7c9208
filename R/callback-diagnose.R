#' Diagnose while training
#'
#' Makes the quick checks of [diagnose()] before the first epoch (those of model and data), when
#' the loss has stalled (no improvement by 0.1 % within `max(50, 5 %)` of the epochs) and at the
#' end, and tells each fault once. The data are those of [fit()][fit.kestrel_model].
#'
#' Looks cost about 2 % of the time of training at most, but for those before the first epoch, at
#' the end, and when the loss stalls for the first time (with `action = "stop"` whenever it
#' stalls): others wait until they may. Of more than
#' 500 rows a look takes 500, spread evenly; only when it finds what it has not told yet, all of
#' them are looked at, and what they confirm is told.
#'
#' @param every also look every so many epochs, or as soon afterwards as the time allows; `NULL`:
#'   only when the loss stalls.
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
    on_train_begin = diagnose_begin, on_epoch_end = diagnose_look, on_train_end = diagnose_end,
    sleeps = diagnose_sleeps, wakes = diagnose_wakes
  ), state = c("told", "best", "since"))
}

diagnose_begin <- function(self, logs) {
  self$told <- character()
  self$best <- Inf
  self$since <- 0L
  self$stalls <- 0L
  self$spent <- 0
  self$waiting <- FALSE
  self$diagnosis <- NULL
  needs <- c("model", "weights", "fit", "given", "data")
  first <- Filter(function(check) check$needs %in% needs, diagnosis_checks())
  diagnose_now(self, vapply(first, `[[`, "", "id"))
  self$begun <- seconds_now()
  self$spent <- 0
}

# No epoch before can be one to look at.
diagnose_sleeps <- function(self, epoch) {
  wait <- ceiling(stall_length(self)) - self$since
  if (!is.null(self$every)) wait <- min(wait, self$every - epoch %% self$every)
  epoch + max(wait, 1)
}

stall_length <- function(self) max(50, 0.05 * (self$params$epochs %||% 0))

diagnose_wakes <- function(self, epoch, losses) {
  n <- length(losses)
  for (loss in losses[-n]) note_loss(self, loss)
  broken <- !all(is.finite(losses)) && !"O0" %in% self$told
  diagnose_look(self, epoch, list(loss = if (broken) NaN else losses[n]))
}

note_loss <- function(self, loss) {
  better <- isTRUE(loss < self$best - 1e-3 * abs(self$best)) || !is.finite(self$best)
  self$since <- if (better) 0L else self$since + 1L
  if (better && isTRUE(is.finite(loss))) self$best <- loss
}

diagnose_look <- function(self, epoch, logs) {
  loss <- logs$loss
  note_loss(self, loss)
  stalled <- self$since >= stall_length(self)
  due <- !is.null(self$every) && (epoch + 1) %% self$every == 0
  broken <- !isTRUE(is.finite(loss)) && !"O0" %in% self$told
  if (stalled) {
    self$since <- 0L
    self$stalls <- self$stalls + 1L
  }
  self$waiting <- self$waiting || stalled || due || broken
  free <- stalled && (self$stalls == 1L || self$action == "stop")
  if (!self$waiting || !may_look(self, free)) return(invisible())
  self$waiting <- FALSE
  diagnose_now(self)
}

# What looks have cost, beside what the rest of the time was for.
may_look <- function(self, free) {
  free || self$spent <= 0.02 * (seconds_now() - self$begun - self$spent)
}

diagnose_end <- function(self, logs) diagnose_now(self)

diagnose_now <- function(self, checks = "all") {
  run <- run_of(self$model)
  if (is.null(run)) return(invisible())
  begun <- seconds_now()
  if (self$level == "quick") local_uncompiled()
  self$diagnosis <- diagnose_run(run, self$level, checks, most = 500)
  if (run$data$train$n > 500 && has_news(self)) self$diagnosis <- diagnose_run(run, self$level,
    checks)
  tell_faults(self)
  self$spent <- self$spent + seconds_now() - begun
  if (self$action == "stop" && is_hopeless(self$diagnosis)) stop_training(self$model)
  invisible()
}

has_news <- function(self) {
  length(new_faults(self)) > 0 || (self$action == "stop" && is_hopeless(self$diagnosis))
}

# Of the samples that fit() has, in the arrays that it reads; `most`: of so many of them.
diagnose_run <- function(run, level, checks = "all", most = Inf) {
  state <- run$state
  state$last_fit <- run_remember(run)
  train <- run$data$train
  rows <- function(part) run_rows_of(part, most)
  y <- lapply(train$y, rows)
  weight <- lapply(train$weight, function(part) as.vector(rows(part)))
  one <- length(output_names(run$model)) == 1
  held <- run$data$validation
  diagnose(run$model, one_or_list(lapply(train$x, rows)), if (one) y[[1]] else y,
    validation_data = if (!is.null(held)) list(one_or_list(lapply(held$x, rows)),
      one_or_list(lapply(held$y, rows))),
    sample_weight = if (one) weight[[1]] else if (any(lengths(weight) > 0)) weight,
    checks = checks, level = level, history = run_history(run))
}

run_rows_of <- function(part, most) {
  if (is.null(part)) return(NULL)
  if (part$n == sample_count(part$values) && part$n <= most) return(part$values)
  some_samples(part$values, part$from + spread_rows(part$n, most))
}

new_faults <- function(self) {
  d <- self$diagnosis
  which(d$severity == "fault" & d$confidence != "LIKELY" & !d$id %in% self$told)
}

tell_faults <- function(self) {
  d <- self$diagnosis
  new <- new_faults(self)
  self$told <- c(self$told, d$id[new])
  for (i in new) {
    message(sprintf("%s %s: %s", d$confidence[i], d$cause[i], d$evidence[i]))
  }
}

is_hopeless <- function(d) {
  any(d$severity == "fault" & d$confidence == "PROVEN" & !is.na(d$explains) & d$explains >= 0.99)
}
