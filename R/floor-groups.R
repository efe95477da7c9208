# Rows that a network cannot tell apart.

# Numbers 1, 2, ... for equal rows of a matrix, in the order in which they appear.
row_groups <- function(x) {
  if (ncol(x) > 0 && !anyDuplicated(x[, 1])) return(seq_len(nrow(x)))
  group <- rep(1, nrow(x))
  for (j in seq_len(ncol(x))) {
    values <- match(x[, j], unique(x[, j]))
    pairs <- group * (nrow(x) + 1) + values
    group <- match(pairs, unique(pairs))
    if (max(group) == nrow(x)) break
  }
  group
}

# Equal inputs; R functions may tell even these apart.
data_groups <- function(problem) {
  if (problem$network$own) return(seq_along(problem$s))
  place_groups(problem, row_groups(problem$inputs))
}

# Groups of inputs as groups of rows: where places of a sample are mixed, each place of equal
# samples is a group.
place_groups <- function(problem, group) {
  if (!problem$network$mixed || problem$places == 1) return(group)
  places <- problem$places
  rep((group - 1) * places, each = places) + seq_len(places)
}

# Groups of as many rows: of targets, or of samples.
groups_of <- function(problem, rows) {
  if (rows == length(problem$group)) return(problem$group)
  if (problem$network$own) seq_len(rows) else row_groups(problem$inputs)
}
