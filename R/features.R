# Columns are taken by position. Names of those of the first fit() are remembered, so that other
# names, or the same in another order, are told.

# NULL where there are none. No method of the user's class runs.
feature_names <- function(x) {
  if (!is.atomic(x)) x <- only_element(x)
  if (is.data.frame(x)) return(names(x))
  if (length(attr(x, "dim")) == 2) attr(x, "dimnames")[[2]]
}

keep_features <- function(model, x) {
  state <- model_state(model)
  if (is.null(state$features)) state$features <- feature_names(x)
}

warn_features <- function(model, x, arg, call) {
  known <- environment(model)$features
  if (is.null(known)) return(invisible(x))
  given <- feature_names(x)
  if (identical(known, given) || length(known) != length(given)) return(invisible(x))
  if (identical(sort(known), sort(given))) {
    warn_feature_order(known, given, arg, call)
  } else {
    warn_feature_names(known, given, arg, call)
  }
}

warn_feature_order <- function(known, given, arg, call) {
  warn_kestrel("feature_order", sprintf(
    "`%s` has the columns of the first fit() in another order: %s instead of %s.", arg,
    some_names(given), some_names(known)
  ), hint = "They are taken by position, not by name.", known = known, given = given, call = call)
}

# Only those that differ.
warn_feature_names <- function(known, given, arg, call) {
  other <- is.na(given) | known != given
  warn_kestrel("feature_names", sprintf(
    "`%s` has other columns than at the first fit(): %s instead of %s.", arg,
    some_names(given[other]), some_names(known[other])
  ), hint = "They are taken by position, not by name.", known = known, given = given, call = call)
}

some_names <- function(x) {
  if (length(x) > 10) paste0(quote_names(x[1:10]), ", ...") else quote_names(x)
}
