# What a diagnosis prints: title, at most three faults, notes in a line, the ladder.

#' @export
print.nn_diagnosis <- function(x, ...) {
  cat(format(x, ...), sep = "\n")
  invisible(x)
}

#' @export
format.nn_diagnosis <- function(x, ..., width = getOption("width")) {
  width <- min(max(width, 60), 100)
  faults <- which(x$severity == "fault")
  shown <- utils::head(faults, 3)
  whole <- if (!length(faults)) notes_of_most(x)
  text <- lapply(c(shown, whole), function(i) {
    format_finding(attr(x, "findings")[[i]], x$verified[i], attr(x, "explain"), width)
  })
  c(
    title_lines(attr(x, "case"), width), untrained_lines(attr(x, "case"), width),
    quiet_lines(attr(x, "case"), width), "",
    if (!length(shown)) c(healthy_lines(x, width), ""), unlist(lapply(text, c, "")),
    unlist(lapply(rest_lines(x, faults, whole), function(line) c(wrapped(line, width), ""))),
    ladder_lines(x, width), closing_line(x)
  )
}

# Where nothing is wrong, but something is proven to keep most of the loss where it is.
notes_of_most <- function(x) {
  symptom <- vapply(attr(x, "findings"), function(f) isTRUE(f$symptom > 0), NA)
  which(x$confidence == "PROVEN" & !is.na(x$explains) & x$explains >= 0.5 & !symptom)
}

untrained_lines <- function(case, width) {
  if (is.null(case$model) || is_trained(case)) return(NULL)
  wrapped("Not trained: no fit() of this model is known, so nothing is said of training.", width)
}

quiet_lines <- function(case, width) {
  if (isTRUE(case$quiet)) wrapped("Without the noise that its layers have in inference, too: loss and findings are of the network with it off.", width)
}

title_lines <- function(case, width) {
  model <- case$model
  if (is.null(model)) {
    return(c(sides("Diagnosis of a history", last_loss_text(case), width),
      wrapped("A history holds losses, but neither model nor data: most causes cannot be seen in it.", width)))
  }
  network <- sprintf("Diagnosis of a %s network", paste(short_widths(case), collapse = "-"))
  if (!has_data(case)) return(sides(network, last_loss_text(case), width))
  rows <- if (is.null(case$steps)) count_of(case$rows, "row") else {
    sprintf("%d of %d steps", case$steps[["counted"]], case$steps[["all"]])
  }
  what <- paste(network, rows, loss_title(case$criterion$record), sep = ", ")
  sides(what, if (case$computable) paste("loss", digits(case$loss)) else "loss not finite", width)
}

short_widths <- function(case) {
  w <- case$widths
  if (length(w) > 8) c(utils::head(w, 4), "...", utils::tail(w, 2)) else w
}

last_loss_text <- function(case) {
  loss <- case$history$metrics$loss
  if (length(loss)) paste("loss", digits(loss[length(loss)])) else ""
}

loss_title <- function(name) gsub("_", " ", name)

sides <- function(left, right, width) {
  if (!nzchar(right)) return(left)
  space <- width - nchar(left) - nchar(right)
  if (space < 2) return(c(left, right))
  paste0(left, strrep(" ", space), right)
}

# Keeps the spaces within a line.
wrapped <- function(text, width, indent = 2, first = strrep(" ", indent)) {
  lines <- strwrap(text, width = width - indent)
  paste0(c(first, rep(strrep(" ", indent), max(length(lines) - 1, 0)))[seq_along(lines)], lines)
}

format_finding <- function(f, verified, explain, width) {
  indent <- 11L
  share <- if (isTRUE(f$explains > 0)) sprintf("explains %s of the loss",
    percent(f$explains)) else ""
  level <- if (f$severity == "note") "Note" else f$confidence
  head <- sides(sprintf("  %-8s %s", level, f$cause), share, width)
  if (!explain) return(head)
  c(
    head, wrapped(f$why, width, indent),
    unlist(lapply(f$numbers, wrapped, width = width, indent = indent)),
    if (isTRUE(verified)) wrapped("Certificate checked.", width, indent),
    if (!is.null(f$remedy)) wrapped(paste(c(sub("[.]?$", ".", paste("Try:", f$remedy)), f$tried),
      collapse = " "), width, indent)
  )
}

healthy_lines <- function(x, width) {
  group <- check_group(attr(x, "ruled_out"))
  counts <- table(factor(group, unique(unname(group_titles))))
  counts <- counts[counts > 0]
  if (!length(counts)) return("  No problem found, but nothing could be ruled out, either.")
  text <- paste(sprintf("%s (%s)", names(counts),
    vapply(as.integer(counts), count_of, "", "check")), collapse = ", ")
  c("  No problem found; here is what was ruled out:", wrapped(paste0(text, "."), width, 4),
    "    summary() lists them.")
}

check_group <- function(ids) unname(group_titles[substr(ids, 1, 1)])

group_titles <- c(R = "traps of R", D = "data and targets", L = "match of loss and output",
  S = "structure of the layers", C = "capacity", U = "dead and saturated units",
  O = "optimizer and learning rate", K = "points where training stops",
  P = "penalties and dropout", I = "imbalance", G = "generalization")

# Faults beyond three, notes that are not `told` in full, checks that failed.
rest_lines <- function(x, faults, told = NULL) {
  more <- utils::tail(x$cause[faults], -3)
  notes <- x$cause[setdiff(which(x$severity == "note"), told)]
  failed <- names(attr(x, "failed"))
  c(
    if (length(more)) paste("Also:", paste0(toString(more), ".")),
    if (length(notes)) paste("Notes:", paste0(toString(unique(notes)), ".")),
    if (length(failed)) sprintf("Checks that failed themselves: %s.", toString(failed))
  )
}

closing_line <- function(x) {
  n <- length(attr(x, "ruled_out")) + length(unique(x$id))
  seconds <- sprintf("%s s", format(round(attr(x, "seconds"), 2)))
  unfit <- length(attr(x, "unfit"))
  chain <- paste(c("check needs", "checks need"), "a chain of dense layers")
  for_chains <- if (unfit) sprintf("; %s", count_of(unfit, chain[1], chain[2]))
  what <- attr(x, "case")$needed %||% "x and y"
  without <- if (is.null(attr(x, "case")$model)) {
    "; for the others diagnose(model, x, y)"
  } else if (!has_data(attr(x, "case")) && is.null(attr(x, "case")$refusal)) {
    left <- length(attr(x, "left_out"))
    sprintf("; %s", count_of(left, paste("check needs", what), paste("checks need", what)))
  }
  if (any(x$severity == "fault")) {
    sprintf("  Nothing else found (%s, %s%s%s).", count_of(n, "check"), seconds, without %||% "",
      for_chains %||% "")
  } else {
    sprintf("  Level \"%s\": %s, %s%s%s.", attr(x, "level"), count_of(n, "check"), seconds,
      without %||% "",
      for_chains %||% "")
  }
}

# Rungs from below: floors, the loss, the best straight line and constant. Of several outputs those
# of the sum, and of each.
ladder_lines <- function(x, width) {
  case <- attr(x, "case")
  whole <- ladder_line("Loss ladder:", case, width)
  if (is.null(whole) || !case$joint) return(whole)
  views <- utils::head(case$views, 4)
  c(whole, unlist(lapply(names(views), function(name) {
    ladder_line(sprintf("  \"%s\":", name), views[[name]], width)
  })))
}

ladder_line <- function(title, case, width) {
  rungs <- diagnosis_rungs(case)
  if (length(rungs) < 2) return(NULL)
  text <- sprintf("%s %s", told_apart(rungs, 3), names(rungs))
  wrapped(paste(title, paste(text, collapse = "  <  ")), width, 2, "  ")
}

diagnosis_rungs <- function(case) {
  if (is.null(case$model) || !has_data(case) || !case$computable ||
    is.null(case$ladder)) return(NULL)
  values <- vapply(case$ladder$rungs, `[[`, 0, "about")
  same <- isTRUE(values["architecture"] - values["data"] <= 1e-6 * max(abs(values)))
  if (same) values <- values[names(values) != "data"]
  labels <- c(data = "data floor", architecture = "floor", cell = "floor of these units",
    affine = "straight line", constant = "constant", current = "you")
  values <- values[intersect(names(labels), names(values))]
  names(values) <- labels[names(values)]
  merged_rungs(values[is.finite(values)])
}

# That of loss_ladder(), but for what takes long: at level "quick" the floor of the model, the best
# affine predictor where it is not by least squares, and cells where no rows are off.
evidence_ladder <- function(case) {
  off <- any(vapply(case$dead, function(d) length(d$rows) > 0, NA))
  longer <- case$level != "quick"
  names <- c("data", if (longer) "architecture", if (longer && off) "cell", "current",
    if (is_squared(case)) "affine", "constant")
  tryCatch(new_ladder(ladder_rungs(case$model, case$problem, names), case$problem),
    kestrel_error = function(e) NULL)
}

# Rungs at the same height share a place: "line = you".
merged_rungs <- function(rungs) {
  at <- order(rungs)
  group <- cumsum(c(1, diff(rungs[at]) > 1e-6 * max(abs(rungs))))
  places <- split(at, group)
  names <- vapply(places, function(i) paste(names(rungs)[sort(i)], collapse = " = "), "")
  stats::setNames(vapply(places, function(i) min(rungs[i]), 0), names)
}
