# A monitored value: where it is found in the logs, and which way is better. Callbacks that
# use this have the fields monitor, mode, warned, model and params.

# NULL with a warning, one for each fit(), when there is no such value. In epochs without
# validation a `val_` value is missing as it should.
monitor_value <- function(self, logs, what) {
  name <- monitor_name(self$monitor, c(names(logs), self$params$metrics))
  value <- logs[[name]]
  if (is.null(value) && !self$warned && !name %in% self$params$metrics) {
    self$warned <- TRUE
    warn_kestrel("monitor", sprintf(
      "%s metric `%s` which is not available. Available metrics are: %s",
      what, self$monitor, paste(names(logs), collapse = ",")
    ), monitor = self$monitor, available = names(logs), call = NULL)
  }
  value
}

# Both spellings of a name are one: of a rate, and of the accuracy.
monitor_name <- function(name, available) {
  if (name %in% available) return(name)
  pairs <- c(learning_rate = "lr", lr = "learning_rate")
  other <- unname(pairs[name])
  if (!is.na(other) && other %in% available) other else name_or_alias(name, available)
}

# Is higher better? Mode "auto" goes by what the metric is, else by its name.
monitor_is_max <- function(self) {
  if (self$mode != "auto") return(self$mode == "max")
  name <- sub("^val_", "", self$monitor)
  if (name == "loss") return(FALSE)
  compiled <- if (!is.null(self$model)) model_state(self$model)$compiled
  at <- match(monitor_name(name, compiled$metric_labels), compiled$metric_labels)
  if (!is.na(at)) name <- compiled$metrics[[at]]$metric$record
  grepl(higher_is_better, name)
}

higher_is_better <- paste0(
  "(acc|accuracy|auc|precision|recall|f1_score|fbeta_score|iou|io_u|r2_score|cosine_similarity|",
  "true_positives|true_negatives|_at_sensitivity|_at_specificity|_correlation)$"
)

monitor_worst <- function(self) if (self$is_max) -Inf else Inf
