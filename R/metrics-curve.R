# Metrics over many thresholds; see metrics-counts.R for the help page.

#' @rdname metric_auc
#' @export
metric_auc <- function(..., num_thresholds = 200, curve = "ROC",
                       summation_method = "interpolation", name = NULL, dtype = NULL,
                       thresholds = NULL, multi_label = FALSE, num_labels = NULL,
                       label_weights = NULL, from_logits = FALSE) {
  thresholds <- check_thresholds(thresholds)
  config <- list(
    num_thresholds = if (is.null(thresholds)) check_count(num_thresholds, min = 2L) else
      length(thresholds) + 2L,
    curve = check_any_case(curve, c("ROC", "PR"), "a curve"),
    summation_method = check_any_case(summation_method, auc_sums, "a way of summation"),
    thresholds = thresholds, multi_label = check_flag(multi_label),
    num_labels = check_count(num_labels, null = TRUE),
    label_weights = check_label_weights(label_weights), from_logits = check_flag(from_logits)
  )
  make_counter("auc", config, values = auc_values(config), more = auc_numbers(config))
}

auc_sums <- c("interpolation", "minoring", "majoring")

auc_values <- function(config) {
  list(
    num_thresholds = config$num_thresholds, pr = config$curve == "PR",
    summation = match(config$summation_method, auc_sums) - 1, multi_label = config$multi_label,
    from_logits = config$from_logits, label_weights = length(config$label_weights)
  )
}

# Weights of labels, then thresholds where the engine cannot know them. As in Keras the ends are
# added, a little outside of 0 and 1.
auc_numbers <- function(config) {
  own <- config$thresholds
  if (is.null(own)) return(config$label_weights)
  all <- c(0, sort(own), 1)
  even <- seq(0, 1, length.out = length(all))
  if (all(abs(all - even) <= 1e-7 + 1e-5 * even)) return(config$label_weights)
  c(config$label_weights, -1e-7, sort(own), 1 + 1e-7)
}

check_any_case <- function(x, choices, what, arg = caller_arg(x), call = caller_env()) {
  if (is_string(x)) {
    at <- match(small_letters(x), small_letters(choices))
    if (!is.na(at)) return(choices[at])
  }
  check_choice(x, choices, what, arg = arg, call = call)
}

check_label_weights <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (is.list(x) && !is.object(x)) x <- unlist(x)
  good <- is.null(x) || (is.numeric(x) && all(is.finite(x)) && all(x >= 0) && length(x) > 0)
  if (!good) stop_argument(arg, "numbers of at least 0", x, call = call)
  if (!is.null(x)) as.double(x)
}

#' @rdname metric_auc
#' @export
metric_sensitivity_at_specificity <- function(..., specificity, num_thresholds = 200,
                                              class_id = NULL, name = NULL, dtype = NULL) {
  make_counter("sensitivity_at_specificity", list(specificity = check_share(specificity),
    num_thresholds = check_count(num_thresholds),
    class_id = check_count(class_id, min = 0L, null = TRUE)))
}

#' @rdname metric_auc
#' @export
metric_specificity_at_sensitivity <- function(..., sensitivity, num_thresholds = 200,
                                              class_id = NULL, name = NULL, dtype = NULL) {
  make_counter("specificity_at_sensitivity", list(sensitivity = check_share(sensitivity),
    num_thresholds = check_count(num_thresholds),
    class_id = check_count(class_id, min = 0L, null = TRUE)))
}

#' @rdname metric_auc
#' @export
metric_precision_at_recall <- function(..., recall, num_thresholds = 200, class_id = NULL,
                                       name = NULL, dtype = NULL) {
  make_counter("precision_at_recall", list(recall = check_share(recall),
    num_thresholds = check_count(num_thresholds),
    class_id = check_count(class_id, min = 0L, null = TRUE)))
}

#' @rdname metric_auc
#' @export
metric_recall_at_precision <- function(..., precision, num_thresholds = 200, class_id = NULL,
                                       name = NULL, dtype = NULL) {
  make_counter("recall_at_precision", list(precision = check_share(precision),
    num_thresholds = check_count(num_thresholds),
    class_id = check_count(class_id, min = 0L, null = TRUE)))
}
