# bench/nnbenchmark.md from the measured table.

solver_page <- function(table, peers) {
  best <- by_solver(table, "best")
  seconds <- by_solver(table, "seconds")
  versions <- vapply(unique(package_of(peers)), function(name) {
    paste(name, utils::packageVersion(name))
  }, "")
  fill_template("bench/nnbenchmark.template.md", list(
    processor = processor_text(), versions = paste(versions, collapse = ", "),
    best = markdown(best_cells(best)), seconds = markdown(second_cells(seconds)),
    findings = findings(table, best, seconds, peers)
  ))
}

# Sets by solvers, in the order of the run.
by_solver <- function(table, what) {
  wide <- tapply(table[[what]], list(factor(table$set, unique(table$set)),
                                     factor(table$solver, unique(table$solver))), identity)
  wide[,]
}

# Bold: within a thousandth of the best of the line.
best_cells <- function(best) {
  least <- apply(best, 1, min, na.rm = TRUE)
  text <- ifelse(is.finite(best), sprintf("%.6g", best), "-")
  text[best <= 1.001 * least] <- sprintf("**%s**", text[best <= 1.001 * least])
  dim(text) <- dim(best)
  labelled(text, best)
}

second_cells <- function(seconds) {
  all <- rbind(seconds, total = colSums(seconds))
  labelled(matrix(sprintf("%.3f", all), nrow(all)), all)
}

labelled <- function(text, like) {
  table <- data.frame(sub("*", "\\*", rownames(like), fixed = TRUE), text)
  setNames(table, c("", colnames(like)))
}

findings <- function(table, best, seconds, peers) {
  theirs <- apply(best[, peers, drop = FALSE], 1, min, na.rm = TRUE)
  count <- function(hits) sprintf("%d of %d", sum(hits, na.rm = TRUE), nrow(best))
  near <- function(solver) count(best[, solver] <= 1.001 * theirs)
  failed <- sum(table$failed[startsWith(table$solver, "kestrel")])
  lines <- c(
    sprintf("Levenberg-Marquardt's best of 10 starts is within 1.001 times the best of all peers on %s sets.",
            near("kestrel, LM")),
    sprintf("With `restarts = 100` on %s.", near("kestrel, LM, 100 starts")),
    vapply(peers, function(peer) {
      sprintf("%s comes within 1.001 times the best of all, kestrel's 10 starts included, on %s.", peer,
              count(best[, peer] <= 1.001 * pmin(theirs, best[, "kestrel, LM"])))
    }, ""),
    sprintf("Fits of kestrel that failed: %d.", failed)
  )
  for (peer in intersect(c("minpack.lm", "nlsr"), peers)) {
    lines <- c(lines, sprintf("It is faster than %s on %s.", peer,
                              count(seconds[, "kestrel, LM"] < seconds[, peer])))
  }
  if ("nnet" %in% peers) {
    ratio <- sum(seconds[, "kestrel, LM"]) / sum(seconds[, "nnet"])
    lines <- c(lines, sprintf("All its fits take %.2g times what nnet's take.", ratio))
  }
  if ("validann, L-BFGS-B" %in% peers) {
    lines <- c(lines, sprintf("L-BFGS is within 1.01 times validann's L-BFGS-B on %s.",
                              count(best[, "kestrel, L-BFGS"] <= 1.01 * best[, "validann, L-BFGS-B"])))
  }
  paste("*", lines)
}
