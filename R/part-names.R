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
  naming <- new_naming(c(taken, unlist(names[keep])))
  for (i in setdiff(order, c(which(own), keep))) {
    name <- free_name(part_type(parts[[i]]), naming)
    add_name(naming, name)
    list2env(list(name = name, automatic = TRUE), envir = environment(parts[[i]]))
  }
}

has_automatic_name <- function(part) {
  state <- environment(part)
  is.null(state$name) || isTRUE(state$automatic)
}

part_type <- function(part) {
  state <- environment(part)
  if (!is_model(part)) state$title %||%
    state$type else if (is.null(state$graph)) "sequential" else "model"
}

check_own_names <- function(names, call) {
  twice <- anyDuplicated(names)
  if (!twice) return(invisible(names))
  stop_kestrel("argument", sprintf("`name` must be new in the model: two layers are called \"%s\".",
    names[twice]), argument = "name", value = names[twice], call = call)
}

# Names that are taken: `place` of each, by name; `tried`: up to which number all names of a type
# are taken; n of them in all.
new_naming <- function(names) {
  naming <- list2env(list(place = new.env(parent = emptyenv()),
    tried = new.env(parent = emptyenv()), n = 0L), parent = emptyenv())
  for (name in names) add_name(naming, name)
  naming
}

add_name <- function(naming, name) {
  n <- naming$n <- naming$n + 1L
  if (is.null(naming$place[[name]])) assign(name, n, envir = naming$place)
}

# Those in the stack of layers that got a layer last are kept, so that 10,000 layers take no longer
# than they must; a layer that gets another name ends that (forget_names()).
taken_names <- function(state) {
  last <- the$naming
  naming <- if (!is.null(last) && identical(wref_key(last), state)) wref_value(last)
  if (identical(naming$n, length(state$layers))) return(naming)
  naming <- new_naming(vapply(state$layers, function(part) environment(part)$name, ""))
  assign("naming", new_weakref(state, naming), envir = the)
  naming
}

forget_names <- function() assign("naming", NULL, envir = the)

# Inputs count from 1: input_1, input_2.
free_name <- function(type, naming) {
  k <- naming$tried[[type]] %||% as.integer(type == "input")
  repeat {
    name <- if (k == 0L) type else paste0(type, "_", k)
    if (is.null(naming$place[[name]])) break
    k <- k + 1L
  }
  assign(type, k, envir = naming$tried)
  name
}
