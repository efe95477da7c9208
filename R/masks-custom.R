# Masks in layers of R's: call() and functions of layer_lambda() with an argument `mask` are told
# which steps count, an array of samples x steps, TRUE or FALSE; compute_mask() of a class says
# which do afterwards.

takes_mask <- function(layer) {
  fn <- switch(layer_state(layer)$type, custom = layer_instance(layer)$call,
    lambda = layer_config(layer)$f)
  !is.null(fn) && "mask" %in% names(formals(args(fn)))[-1]
}

# The node that runs the function reads, behind the inputs, the masks that there are.
told_masks <- function(nodes, masks, given) {
  n <- length(masks)
  there <- which(!is.na(masks))
  at <- Position(function(node) !is.null(node$outside) && identical(node$from, -seq_len(n)), nodes)
  nodes[[at]]$from <- c(-seq_len(n), -n - there)
  nodes[[at]]$outside$run <- run_with_masks(nodes[[at]]$outside$run, n, there, given)
  nodes
}

run_with_masks <- function(run, n, there, given) {
  force(run)
  function(x, w, training, call) {
    held <- vector("list", n)
    held[there] <- lapply(x[-seq_len(n)], steps_that_count)
    run(x[seq_len(n)], w, training, call, as_first(given, held))
  }
}

# From 1 or 0 of dims samples x steps x 1.
steps_that_count <- function(mask) {
  dims <- dim(mask)
  array(plain(mask) != 0, dims[-length(dims)])
}

# Values of the inputs, as the first argument of the call has them.
as_first <- function(given, values) {
  if (is.null(given)) return(one_or_list(values))
  if (holds_places(given[[1]])) put_in(given[[1]], values)
}

# For the trial of a function, which may be able to do nothing without a mask, or with one.
tried_with_masks <- function(run, given = NULL) {
  force(run)
  function(x, w, training, call) {
    tryCatch(run(x, w, training, call, as_first(given, lapply(x, every_step))),
      kestrel_error = function(e) {
      tryCatch(run(x, w, training, call), kestrel_error = function(second) stop(e))
    })
  }
}

every_step <- function(x) array(TRUE, dim(x)[-length(dim(x))])

computes_mask <- function(layer) {
  if (layer_state(layer)$type != "custom") return(FALSE)
  fn <- layer_instance(layer)$compute_mask
  is.function(fn) && !identical(body(fn), body(base_methods(NULL)$compute_mask))
}

# Where compute_mask() returns NULL there is none.
computed_mask <- function(plan, layer, from, input) {
  dims <- layer_output(layer, input)
  if (is.list(dims)) return(NA_integer_)
  label <- sprintf("compute_mask() of layer \"%s\"", layer$name)
  given <- given_with(input)
  there <- which(!is.na(from$masks))
  tried <- probes(from$dims)[[1]]
  masks <- replace(vector("list", length(tried)), there, lapply(tried[there], every_step))
  fn <- layer_instance(layer)$compute_mask
  if (is.null(own_mask(fn, label, given, tried, as_first(given, masks), NULL))) return(NA_integer_)
  dims[length(dims)] <- 1L
  node <- list(free_node(outside_node(dims, compute_mask_run(fn, label, given, dims), label,
    from = -seq_along(from$places))))
  put_nodes(plan, told_masks(node, from$masks, given), c(from$places, from$masks))
}

own_mask <- function(fn, label, given, x, mask, call) {
  own_call(fn, list(as_first(given, x), mask), label, "layer", call, hint = NULL)
}

# A step counts where it is TRUE, or not 0.
compute_mask_run <- function(fn, label, given, dims) {
  force(given)
  force(dims)
  function(x, w, training, call, mask = NULL) {
    x <- lapply(x, plain)
    made <- plain(own_mask(fn, label, given, x, mask, call))
    if (length(made) == dim(x[[1]])[1] * prod(dims)) made <- array(made != 0,
      c(dim(x[[1]])[1], dims)) + 0
    list(y = made)
  }
}
