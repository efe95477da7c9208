# Names of the layers and models that make up a model: dense, dense_1, ..., counted in it.

# Those without a name get one, in this order. A name that was made so gives way to another
# that is the same.
name_parts <- function(parts, order, call) {
  names <- lapply(parts, function(part) environment(part)$name)
  own <- !vapply(parts, has_automatic_name, NA)
  check_own_names(unlist(names[own]), call)
  taken <- unlist(names[own])
  made <- Filter(function(i) !own[i] && !is.null(names[[i]]), order)
  keep <- made[!duplicated(unlist(names[made])) & !unlist(names[made]) %in% taken]
  taken <- c(taken, unlist(names[keep]))
  for (i in setdiff(order, c(which(own), keep))) {
    name <- free_name(part_type(parts[[i]]), taken)
    taken <- c(taken, name)
    list2env(list(name = name, automatic = TRUE), envir = environment(parts[[i]]))
  }
}

has_automatic_name <- function(part) {
  state <- environment(part)
  is.null(state$name) || isTRUE(state$automatic)
}

part_type <- function(part) {
  state <- environment(part)
  if (!is_model(part)) state$title %||% state$type else if (is.null(state$graph)) "sequential" else "model"
}

check_own_names <- function(names, call) {
  twice <- anyDuplicated(names)
  if (!twice) return(invisible(names))
  stop_kestrel("argument", sprintf("`name` must be new in the model: two layers are called \"%s\".",
    names[twice]), argument = "name", value = names[twice], call = call)
}

# Inputs count from 1: input_1, input_2.
free_name <- function(type, taken) {
  candidates <- c(if (type != "input") type, paste0(type, "_", seq_len(length(taken) + 1L)))
  setdiff(candidates, taken)[1]
}
