# Arrays as they are, and their values.

#' @rdname backend
#' @export
k_zeros_like <- operation(function(x) finite_zero(x))

#' @rdname backend
#' @export
op_zeros_like <- k_zeros_like

#' @rdname backend
#' @export
k_ones_like <- operation(function(x) finite_zero(x) + 1)

#' @rdname backend
#' @export
op_ones_like <- k_ones_like

#' @rdname backend
#' @export
k_zeros <- operation(function(shape, dtype = NULL) array(0, as.vector(unlist(shape))))

#' @rdname backend
#' @export
op_zeros <- k_zeros

#' @rdname backend
#' @export
k_ones <- operation(function(shape, dtype = NULL) array(1, as.vector(unlist(shape))))

#' @rdname backend
#' @export
op_ones <- k_ones

#' @rdname backend
#' @export
op_full <- operation(function(shape, fill_value, dtype = NULL) array(fill_value,
  as.vector(unlist(shape))))

#' @rdname backend
#' @export
op_full_like <- operation(function(x, fill_value, dtype = NULL) {
  operate("+", list(finite_zero(x), fill_value))
})

#' @rdname backend
#' @export
k_eye <- operation(function(size, dtype = NULL, name = NULL) diag(check_count(size)))

#' @rdname backend
#' @export
op_eye <- operation(function(N, M = NULL, k = 0, dtype = NULL) {
  N <- check_count(N)
  M <- check_count(M, null = TRUE) %||% N
  check_memory(24 * N * M, "The matrix")
  y <- matrix(0, N, M)
  (col(y) - row(y) == whole_numbers(check_number(k), "k")) + 0
})

#' @rdname backend
#' @export
k_arange <- operation(function(start, stop = NULL, step = 1, dtype = NULL) {
  start <- check_number(start)
  stop <- check_number(stop, null = TRUE)
  step <- check_number(step)
  ends <- if (is.null(stop)) c(0, start) else c(start, stop)
  n <- max(0, ceiling((ends[2] - ends[1]) / step))
  check_memory(24 * n, "The numbers")
  array(ends[1] + step * (seq_len(n) - 1), n)
})

#' @rdname backend
#' @export
op_arange <- k_arange

#' @rdname backend
#' @export
k_constant <- operation(function(value, dtype = NULL, shape = NULL, name = NULL) {
  if (!is.null(shape)) array(value, as.vector(unlist(shape))) else as_tensor_array(value)
})

#' @rdname backend
#' @export
k_variable <- operation(function(value, dtype = NULL, name = NULL) {
  variable_of(as_tensor_array(plain(value)), check_name(name) %||% "variable")
})

#' @rdname backend
#' @export
keras_variable <- operation(function(initializer, shape = NULL, dtype = NULL, trainable = TRUE,
  autocast = TRUE,
                                     aggregation = "mean", name = NULL) {
  for (flag in c("trainable", "autocast")) check_flag(get(flag), arg = flag)
  name <- check_name(name) %||% "variable"
  if (is.function(initializer)) {
    if (is.null(shape)) stop_missing("shape")
    initializer <- initializer(as.vector(unlist(shape)))
  }
  variable_of(as_tensor_array(plain(check_operand(initializer))), name)
}, pass = TRUE)

#' @rdname backend
#' @export
op_convert_to_tensor <- operation(function(x, dtype = NULL) {
  as_tensor_array(if (is.null(dtype)) x else k_cast(x, dtype))
})

# A vector has one dim.
as_tensor_array <- function(x) if (is.null(dim(x)) && length(x) > 1) with_dims(x, length(x)) else x

#' @rdname backend
#' @export
op_convert_to_numpy <- operation(function(x) plain_weight(plain(x)), pass = TRUE)

#' @rdname backend
#' @export
k_get_value <- operation(function(x) plain_weight(plain(x)), pass = TRUE)

#' @rdname backend
#' @export
k_eval <- operation(function(x) plain_weight(plain(x)), pass = TRUE)

#' @rdname backend
#' @export
k_stop_gradient <- operation(function(x) plain(x))

#' @rdname backend
#' @export
op_stop_gradient <- k_stop_gradient

#' @rdname backend
#' @export
k_identity <- operation(function(x, name = NULL) x, pass = TRUE)

#' @rdname backend
#' @export
k_set_value <- operation(function(x, value) {
  if (inherits(x, "kestrel_variable")) return(assign_variable(x, value))
  place <- substitute(x)
  if (!is_place(place)) {
    stop_argument("x", "a variable, a weight, or a place such as model$optimizer$lr", x)
  }
  set_place(place, value, parent.frame())
}, pass = TRUE)

is_place <- function(x) is.call(x) && as.character(x[[1]])[1] %in% c("$", "[[")

# Of a variable, or of a model, layer or optimizer that a call gives, as get_layer(model,
# "code")$kernel.
set_place <- function(place, value, frame, call = caller_env()) {
  root <- place
  while (is_place(root)) root <- root[[2]]
  if (!is.symbol(root)) {
    held <- eval(root, frame)
    if (!inherits(held, c("kestrel_model", "kestrel_layer", "kestrel_optimizer"))) {
      stop_argument(deparse1(place),
        "a weight of a model or layer, or a place such as model$optimizer$lr",
        eval(place, frame), hint = "set_weights() sets the weights that get_weights() gives.",
        call = call)
    }
    frame <- list2env(list(held = held), parent = frame)
    place <- with_root(place, quote(held))
  }
  eval(call("<-", place, value), frame)
  invisible(value)
}

with_root <- function(place, root) {
  place[[2]] <- if (is_place(place[[2]])) with_root(place[[2]], root) else root
  place
}

#' @rdname backend
#' @export
k_batch_get_value <- operation(function(ops) lapply(ops, plain))

#' @rdname backend
#' @export
k_is_tensor <- operation(function(x) is_traced(x) || is_tensor(x), pass = TRUE)

#' @rdname backend
#' @export
k_update <- operation(function(x, new_x) assign_variable(x, new_x))

#' @rdname backend
#' @export
k_update_add <- operation(function(x, increment) assign_variable(x,
  plain_operator("+", plain(x), plain(increment))))

#' @rdname backend
#' @export
k_update_sub <- operation(function(x, decrement) assign_variable(x,
  plain_operator("-", plain(x), plain(decrement))))

#' @rdname backend
#' @export
k_map_fn <- operation(function(fn, elems, name = NULL, dtype = NULL) {
  k_stack(lapply(unstack_tensor(elems, 1), fn))
})

#' @rdname backend
#' @export
op_map <- operation(function(xs, f) k_map_fn(f, xs), pass = TRUE)

#' @rdname backend
#' @export
op_vectorized_map <- operation(function(elements, f) k_map_fn(f, elements))

#' @rdname backend
#' @export
k_learning_phase <- function() as.integer(isTRUE(the$instance_training))

#' @rdname backend
#' @export
k_in_train_phase <- operation(function(x, alt, training = NULL) {
  chosen <- if (training %||% isTRUE(the$instance_training)) x else alt
  if (is.function(chosen)) chosen() else chosen
}, pass = TRUE)

#' @rdname backend
#' @export
k_in_test_phase <- operation(function(x, alt, training = NULL) {
  k_in_train_phase(alt, x, training)
}, pass = TRUE)
