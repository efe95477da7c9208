# The table of checks and the walk along it.
#
# A check: list(id, title, needs, find). `needs` is what must be there or may be computed:
#   "model"     the model alone
#   "weights"   the model, its weights finite
#   "history"   the values of a fit
#   "fit"       the values of a fit, or the model
#   "given"     x and y, also such that fit() refuses
#   "data"      x and y as fit() takes them
#   "forward"   one pass of the data through the model
#   "units", "slopes"  the same, and gradients; without data what a fit remembers of units
#   "floor"     decompositions of the data: proven lower bounds
#   "gradient"  gradients of the loss
#   "curvature" products with its Hessian
#   "search"    restarts, permutations
# `asks`: NULL, or the evidence that must hold for the question to make sense: "chain", "plain".
# `find(case)` returns NULL where the fault is ruled out, `not_told` where that cannot be told, a
# finding (see found()), or a list of them.

not_told <- "not told"

#' The catalogue of what is diagnosed
#'
#' One row for each check of [diagnose()], upstream causes first.
#'
#' @return a data frame with columns `id`, `title`, `needs` and `level` (the first level at
#'   which it is made).
#' @section Errors: none.
#' @family diagnosis
#' @examples
#' head(diagnosis_catalogue())
#' @export
diagnosis_catalogue <- function() {
  table <- diagnosis_checks()
  column <- function(name) vapply(table, `[[`, "", name)
  needs <- column("needs")
  data.frame(id = column("id"), title = column("title"), needs = needs,
    level = unname(level_of_need[needs]), row.names = NULL)
}

# Made once a session.
diagnosis_checks <- function() {
  if (is.null(the$checks)) the$checks <- all_checks()
  the$checks
}

all_checks <- function() {
  c(trap_checks(), data_checks(), relation_checks(), contract_checks(), structure_checks(),
    optimizer_checks(), capacity_checks(), unit_checks(), gradient_checks(), point_checks(),
    penalty_checks(), generalization_checks())
}

new_check <- function(id, title, needs, find, asks = NULL) {
  list(id = id, title = title, needs = needs, find = find, asks = asks)
}

level_of_need <- c(model = "quick", weights = "quick", history = "quick", fit = "quick",
  given = "quick", data = "quick",
  forward = "quick", units = "quick", slopes = "standard", floor = "standard",
  gradient = "standard", curvature = "standard", search = "full")

chosen_checks <- function(checks, call = caller_env()) {
  table <- diagnosis_checks()
  ids <- vapply(table, `[[`, "", "id")
  if (identical(checks, "all")) return(table)
  if (!is.character(checks) || !length(checks) || anyNA(checks)) {
    stop_argument("checks", "\"all\", or ids of checks", checks,
      hint = "diagnosis_catalogue() lists them.", call = call)
  }
  unknown <- setdiff(checks, ids)
  if (length(unknown)) stop_unknown("checks", "checks", unknown[1], ids, call = call)
  table[ids %in% checks]
}

# list(findings, ruled_out, left_out, unfit, failed): ids, but for the findings.
walk_checks <- function(case, table, level) {
  walk <- empty_walk()
  for (check in table) {
    walk <- if (is_of_outputs(case, check)) check_views(walk, case, check, level) else {
      if (can_check(case, check, level)) make_check(walk, case, check) else left_out(walk, case,
        check)
    }
  }
  walk$findings <- rank_findings(walk$findings)
  walk
}

# `unfit`: those among the left out that make no sense for such a network.
empty_walk <- function() {
  list(findings = list(), ruled_out = character(), left_out = character(), unfit = character(),
    failed = character())
}

left_out <- function(walk, case, check) {
  if (!is_fit_for(case, check)) walk <- add_id(walk, "unfit", check)
  add_id(walk, "left_out", check)
}

is_fit_for <- function(case, check) {
  if (is.null(case$model)) return(TRUE)
  !(case$joint && check$id %in% checks_of_neither) &&
    (is.null(check$asks) || case_value(case, check$asks))
}

add_id <- function(walk, where, check) {
  walk[[where]] <- c(walk[[where]], check$id)
  walk
}

# A check that fails is left out, and said to be: the others still count. What needs derivatives
# that R functions have not got is just left out.
make_check <- function(walk, case, check) {
  found <- tryCatch(check$find(case), error = function(e) e)
  if (inherits(found, "kestrel_error_state")) return(add_id(walk, "left_out", check))
  if (inherits(found, "error")) {
    walk$failed[check$id] <- conditionMessage(found)
    return(walk)
  }
  if (identical(found, not_told)) return(add_id(walk, "left_out", check))
  if (!length(found)) return(add_id(walk, "ruled_out", check))
  if (!is.null(found$cause)) found <- list(found)
  walk$findings <- c(walk$findings, lapply(found, function(f) c(list(id = check$id), f)))
  walk
}

can_check <- function(case, check, level) {
  within <- switch(level, full = TRUE, standard = level_of_need[[check$needs]] != "full",
    level_of_need[[check$needs]] == "quick")
  within && is_fit_for(case, check) && switch(check$needs,
    model = !is.null(case$model),
    weights = !is.null(case$model) && case$finite_weights,
    history = length(case$series) > 0,
    fit = !is.null(case$model) || length(case$series) > 0,
    given = !is.null(case$raw),
    data = has_data(case),
    units = , slopes = if (has_data(case)) case$computable else length(case$idle) > 0,
    has_data(case) && case$computable
  )
}

# Where weights or outputs are not finite, nothing can be said of them but that.
evidence_computable <- function(case) case$finite_weights && all(is.finite(unlist(case$prediction)))

evidence_finite_weights <- function(case) all(is.finite(unlist(get_weights(case$model))))
