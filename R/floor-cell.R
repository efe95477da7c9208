# The floor given which units are off: rows on which all units of some layer are on constant
# pieces of their activation (a relu's left side) have codes there that no small change of
# weights alters. Where these codes are equal the rows get equal outputs; where the layer is the
# last, they keep the outputs they have.
#
# `open`: all of these units are off the kinks, so that the same holds for all weights nearby.

cell_floor <- function(model, problem) {
  cell <- cell_groups(model, problem)
  if (!cell$collapsed) return(NULL)
  floor <- data_floor(problem, cell$group, problem$network$range, "cell", cell$frozen)
  floor$certificate$kind <- "cell"
  floor$certificate$open <- cell$open
  floor$attained <- NA
  floor
}

cell_groups <- function(model, problem) {
  network <- problem$network
  group <- row_groups(problem$inputs)
  cell <- list(collapsed = FALSE, open = TRUE)
  at <- if (!network$own) which(vapply(network$nodes, has_constant_piece, NA))
  for (i in at) {
    dead <- dead_rows(model, problem, i)
    if (!any(dead$rows)) next
    group[dead$rows] <- max(group) + row_groups(dead$values[dead$rows, , drop = FALSE])
    cell$collapsed <- TRUE
    cell$open <- cell$open && dead$open
    if (i == last_change(network$nodes)) cell$frozen <- frozen_outputs(problem, dead)
  }
  cell$group <- place_groups(problem, group)
  cell
}

constant_pieces <- c(
  "relu", "relu6", "thresholded_relu", "threshold", "hard_sigmoid", "hard_tanh", "hard_shrink",
  "soft_shrink", "sparse_plus", "sparse_sigmoid"
)

has_constant_piece <- function(node) isTRUE(node$activation %in% constant_pieces)

last_change <- function(nodes) {
  max(which(vapply(nodes, function(node) node$kind != "identity", NA)))
}

# list(rows: on which no unit has a slope, values, open)
dead_rows <- function(model, problem, i) {
  node <- problem$network$nodes[[i]]
  choice <- list(name = node$activation, h = as.double(node$h))
  z <- node_rows(model, problem, i)
  flat <- function(x) matrix(unit_slopes(choice, x) %in% 0, nrow(x))
  off <- flat(z)
  rows <- rowSums(!off) == 0
  near <- 1e-9 * (1 + abs(z[rows, , drop = FALSE]))
  open <- all(flat(z[rows, , drop = FALSE] - near), flat(z[rows, , drop = FALSE] + near))
  values <- matrix(engine_activation(choice, z, 1L), nrow(z))
  list(rows = rows, values = values, open = open)
}

unit_slopes <- function(choice, x) {
  engine_activation_backward(choice, x, engine_activation(choice, x, 1L), 0 * x + 1, 1L)
}

# What node i of the line is given, in double, in the rows of `problem$inputs`.
node_rows <- function(model, problem, i) {
  from <- training_plan(model)$nodes[[problem$network$at[i] + 1L]]$inputs
  values <- place_values(model, problem$x, from)
  if (problem$network$mixed) return(matrix(values, problem$n))
  dims <- dim(values)
  matrix(to_columns(values), ncol = dims[length(dims)], byrow = TRUE)
}

# rows x k, NA where outputs can change.
frozen_outputs <- function(problem, dead) {
  values <- dead$values
  values[!dead$rows, ] <- NA
  if (nrow(values) == length(problem$s)) return(values)
  matrix(t(values), ncol = problem$k, byrow = TRUE)
}
