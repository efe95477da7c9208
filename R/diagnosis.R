# The object: a data frame of findings; model, data and details are attributes.

new_diagnosis <- function(case, walk, level, seconds, explain) {
  findings <- walk$findings
  column <- function(name) vapply(findings, function(f) f[[name]], "")
  table <- list2DF(list(
    id = column("id"), cause = column("cause"), confidence = column("confidence"),
    severity = column("severity"),
    explains = vapply(findings, function(f) as.double(f$explains), 0),
    evidence = vapply(findings, function(f) paste(c(f$why, f$numbers), collapse = " "), ""),
    remedy = vapply(findings, function(f) f$remedy %||% NA_character_, ""),
    verified = rep(NA, length(findings))
  ))
  structure(table, class = c("nn_diagnosis", "data.frame"), findings = findings, case = case,
    ruled_out = walk$ruled_out, left_out = walk$left_out, unfit = walk$unfit, failed = walk$failed,
    level = level,
    seconds = seconds, explain = explain)
}

check_diagnosis <- function(x, arg = caller_arg(x), call = caller_env()) {
  if (missing(x)) stop_missing(arg, call)
  if (inherits(x, "nn_diagnosis")) return(x)
  stop_argument(arg, "a diagnosis, as returned by diagnose()", x, call = call)
}

# The number of a finding, or its id.
check_finding <- function(d, i, arg = caller_arg(i), call = caller_env()) {
  if (missing(i)) stop_missing(arg, call)
  force(arg)
  if (is_string(i) && i %in% d$id) return(match(i, d$id))
  if (is_number(i) && i %in% seq_len(nrow(d))) return(as.integer(i))
  if (!nrow(d)) {
    stop_kestrel("argument", "The diagnosis has no findings.", argument = arg, call = call)
  }
  stop_argument(arg, sprintf("the number of a finding (1 to %d) or its id", nrow(d)), i,
    call = call)
}

#' Whether a diagnosis found a fault
#'
#' For scripts and tests: notes do not count.
#'
#' @param d a diagnosis.
#' @param confidence the least confidence that counts: `"proven"`, `"strong"` or `"likely"`.
#' @return `TRUE` or `FALSE`.
#' @section Errors: `kestrel_error_argument` for what is no diagnosis, or no level.
#' @family diagnosis
#' @examples
#' model <- keras_model_sequential() %>% layer_dense(1, "softmax", input_shape = 1)
#' suppressWarnings(model %>% compile(loss = "mse"))
#' has_problem(diagnose(model))
#' @export
has_problem <- function(d, confidence = "strong") {
  check_diagnosis(d)
  if (is_string(confidence) && validEnc(confidence)) confidence <- toupper(confidence)
  check_choice(confidence, confidence_levels, "a level of confidence")
  enough <- match(d$confidence, confidence_levels) <= match(confidence, confidence_levels)
  any(enough & d$severity == "fault")
}

#' @export
as.data.frame.nn_diagnosis <- function(x, row.names = NULL, optional = FALSE, ...) {
  plain <- unclass(x)
  keep <- c("names", "row.names")
  attributes(plain) <- attributes(plain)[keep]
  structure(plain, class = "data.frame")
}

# Rows, with what belongs to them.
#' @export
`[.nn_diagnosis` <- function(x, i, j, ...) {
  plain <- as.data.frame(x)
  if (!missing(j) || nargs() < 3) return(if (nargs() < 3) plain[i] else plain[i, j, ...])
  rows <- stats::setNames(seq_len(nrow(plain)), plain$id)[i]
  kept <- plain[rows, , drop = FALSE]
  rownames(kept) <- NULL
  for (name in setdiff(names(attributes(x)), c("names", "row.names", "class"))) {
    attr(kept, name) <- attr(x, name)
  }
  attr(kept, "findings") <- attr(x, "findings")[rows]
  structure(kept, class = class(x))
}

#' @export
summary.nn_diagnosis <- function(object, ...) {
  catalogue <- diagnosis_catalogue()
  outcome <- function(id) {
    if (id %in% object$id) return(paste(unique(object$confidence[object$id == id]),
      collapse = ", "))
    if (id %in% attr(object, "ruled_out")) return("ruled out")
    if (id %in% names(attr(object, "failed"))) return("failed")
    if (id %in% attr(object, "unfit")) return("does not apply")
    if (id %in% attr(object, "left_out")) "not looked at" else "not asked for"
  }
  catalogue$outcome <- vapply(catalogue$id, outcome, "", USE.NAMES = FALSE)
  catalogue
}
