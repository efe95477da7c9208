#' Loops, conditions and what tensors are
#'
#' Loops and conditions of R do as well; these are for functions that were written for Keras. What
#' they compute is differentiated, see [autodiff].
#'
#' * `op_cond()`: what one of two functions returns; `op_fori_loop()`: `body_fun(i, value)` for
#'   whole numbers from `lower` below `upper`; `op_while_loop()`: `body` of the variables while
#'   `cond` of them is true; `k_foldl()` and `k_foldr()`: `fn(result, sample)` from the first or the
#'   last sample
#' * `k_batch_normalization()`: `gamma * (x - mean) / sqrt(var + epsilon) + beta`
#' * `k_dtype()`, `k_count_params()`, `k_get_variable_shape()`, `op_is_tensor()`,
#'   `k_is_keras_tensor()`, `k_is_placeholder()`, `k_is_sparse()` tell of a tensor; `k_to_dense()`,
#'   `op_copy()` and `op_array()` give it as an array; `k_print_tensor()` prints it and hands it on
#' * `k_random_normal_variable()` and `k_random_uniform_variable()`: random numbers, see
#'   [k_random_normal()]
#' * `k_batch_set_value(list(list(model$weights[[1]], w)))` sets weights,
#'   `k_moving_average_update()` one to `momentum * x + (1 - momentum) * value`
#'
#' @param pred TRUE or FALSE, or a number.
#' @param true_fn,false_fn functions of nothing.
#' @param lower,upper whole numbers.
#' @param body_fun,init_val a function of a number and a value, and the first value.
#' @param cond,body functions of as many arguments as there are variables; `body` returns their new
#'   values in a list.
#' @param loop_vars,maximum_iterations a list, and how often at most.
#' @param fn,elems,initializer a function of a result and a sample, an array, and the first result.
#' @param name,dtype accepted, without effect.
#' @param x an array.
#' @param message what to print before it.
#' @param mean,var,beta,gamma,axis,epsilon see above; numbers, or arrays that are repeated to `x`.
#' @param shape,scale,low,high,seed dims of the array, standard deviation, bounds and seed.
#' @param tuples a list of lists of a weight and its new numbers.
#' @param value,momentum see above.
#' @return what the functions return; an array; TRUE or FALSE.
#' @section Errors: `kestrel_error_argument` for what are no functions, numbers or weights.
#' @source Keras: `keras.ops`, `keras.backend`; R packages 'keras' and 'keras3'.
#' @family training
#' @name backend-loops
#' @examples
#' op_fori_loop(1, 5, function(i, product) product * i, 1)
#' op_while_loop(function(x) x < 100, function(x) list(2 * x), list(3))
#' k_foldl(function(sum, row) sum + row, matrix(1:6, 3))
NULL

#' @rdname backend-loops
#' @export
op_cond <- operation(function(pred, true_fn, false_fn) {
  check_functions(true_fn, false_fn)
  p <- plain(pred)
  if (!length(p) || length(p) > 1 || !(is.logical(p) || is.numeric(p)) || is.na(p)) {
    stop_argument("pred", "TRUE, FALSE or a number", p)
  }
  if (p != 0) true_fn() else false_fn()
}, pass = TRUE)

#' @rdname backend-loops
#' @export
op_fori_loop <- operation(function(lower, upper, body_fun, init_val) {
  check_functions(body_fun)
  lower <- whole_numbers(plain(lower), "lower")[1]
  upper <- whole_numbers(plain(upper), "upper")[1]
  value <- init_val
  for (i in seq_len(max(0, upper - lower))) value <- body_fun(lower + i - 1, value)
  value
}, pass = TRUE)

#' @rdname backend-loops
#' @export
op_while_loop <- operation(function(cond, body, loop_vars, maximum_iterations = NULL) {
  check_functions(cond, body)
  if (is.factor(loop_vars)) stop_argument("loop_vars", "arrays", loop_vars)
  if (!is.list(loop_vars) || is.object(loop_vars)) loop_vars <- list(loop_vars)
  most <- check_count(maximum_iterations, min = 0L, null = TRUE) %||% Inf
  done <- 0
  while (done < most && isTRUE(as.logical(plain(do.call(cond, loop_vars, quote = TRUE))))) {
    check_interrupt()
    vars <- do.call(body, loop_vars, quote = TRUE)
    loop_vars <- if (!is.list(vars) || is.object(vars)) list(vars) else vars
    done <- done + 1
  }
  loop_vars
}, pass = TRUE)

#' @rdname backend-loops
#' @export
k_foldl <- operation(function(fn, elems, initializer = NULL, name = NULL) {
  check_functions(fn)
  check_operand(initializer, null = TRUE)
  Reduce(fn, c(if (!is.null(initializer)) list(initializer), unstack_tensor(elems, 1)))
})

#' @rdname backend-loops
#' @export
k_foldr <- operation(function(fn, elems, initializer = NULL, name = NULL) {
  check_functions(fn)
  check_operand(initializer, null = TRUE)
  Reduce(fn, c(if (!is.null(initializer)) list(initializer), rev(unstack_tensor(elems, 1))))
})

check_functions <- function(..., call = caller_env()) {
  given <- list(...)
  names <- vapply(substitute(list(...))[-1], as.character, "")
  for (i in seq_along(given)) {
    if (!is.function(given[[i]])) stop_argument(names[i], "a function", given[[i]], call = call)
  }
}

#' @rdname backend-loops
#' @export
k_batch_normalization <- operation(function(x, mean, var, beta = NULL, gamma = NULL, axis = -1,
                                            epsilon = 0.001) {
  check_operand(var)
  check_operand(beta, null = TRUE)
  check_operand(gamma, null = TRUE)
  check_number(epsilon, min = 0)
  along <- function(v) if (is.null(dim(plain(v))) && length(v) > 1) along_axis(v, x, axis) else v
  scale <- operate("/", list(gamma %||% 1, sqrt(operate("+", list(var, epsilon)))))
  y <- operate("*", list(operate("-", list(x, along(mean))), along(scale)))
  if (is.null(beta)) y else operate("+", list(y, along(beta)))
})

#' @rdname backend-loops
#' @export
k_dtype <- operation(function(x) {
  v <- plain(x)
  if (is_tensor(v) || is.double(v)) floatx() else if (is.logical(v)) "bool" else if (is.integer(v)) "int32" else
    stop_argument("x", "a tensor", v)
}, pass = TRUE)

#' @rdname backend-loops
#' @export
k_count_params <- operation(function(x) as.integer(length(plain(x))))

#' @rdname backend-loops
#' @export
k_get_variable_shape <- operation(function(x) tensor_dims(plain(x)))

#' @rdname backend-loops
#' @export
op_is_tensor <- operation(function(x) is_traced(x) || is_tensor(x), pass = TRUE)

#' @rdname backend-loops
#' @export
k_is_keras_tensor <- operation(function(x) is_tensor(x), pass = TRUE)

#' @rdname backend-loops
#' @export
k_is_placeholder <- operation(function(x) is_tensor(x) && is_input(x$call$part), pass = TRUE)

#' @rdname backend-loops
#' @export
k_is_sparse <- operation(function(x) is_sparse(x), pass = TRUE)

#' @rdname backend-loops
#' @export
k_to_dense <- operation(function(x) if (is_sparse(x)) dense_batch(x) else x, pass = TRUE)

#' @rdname backend-loops
#' @export
op_copy <- operation(function(x) operate("+", list(x, 0)))

#' @rdname backend-loops
#' @export
op_array <- operation(function(x, dtype = NULL) {
  as_tensor_array(if (is.null(dtype)) x else k_cast(x, dtype))
})

#' @rdname backend-loops
#' @export
k_print_tensor <- operation(function(x, message = "") {
  check_operand(x)
  if (!identical(message, "")) cat(check_string(message))
  print(plain(x))
  x
}, pass = TRUE)

#' @rdname backend-loops
#' @export
k_random_normal_variable <- operation(function(shape, mean, scale, dtype = NULL, name = NULL,
                                               seed = NULL) {
  scaled_noise(drawn(shape, NULL, stats::rnorm), mean, check_number(scale, min = 0))
})

#' @rdname backend-loops
#' @export
k_random_uniform_variable <- operation(function(shape, low, high, dtype = NULL, name = NULL,
                                                seed = NULL) {
  check_number(low)
  check_number(high, min = low)
  drawn(shape, NULL, function(n) low + (high - low) * stats::runif(n))
})

#' @rdname backend-loops
#' @export
k_batch_set_value <- operation(function(tuples) {
  places <- places_of_pairs(substitute(tuples), tuples)
  for (i in seq_along(tuples)) {
    if (is.null(places[[i]])) assign_variable(tuples[[i]][[1]], tuples[[i]][[2]])
    else set_place(places[[i]], tuples[[i]][[2]], parent.frame())
  }
  invisible(NULL)
}, pass = TRUE)

# For each pair NULL, of a variable, or where its weight was read, such as model$weights[[1]].
places_of_pairs <- function(written, tuples, call = caller_env()) {
  if (!is.list(tuples) || is.object(tuples)) stop_argument("tuples",
    "a list of lists of a weight and its numbers", tuples, call = call)
  lapply(seq_along(tuples), function(i) {
    one <- tuples[[i]]
    arg <- sprintf("tuples[[%d]]", i)
    if (!is.list(one) || is.object(one) || length(one) != 2) {
      stop_argument(arg, "a list of a weight and its numbers", one, call = call)
    }
    if (inherits(one[[1]], "kestrel_variable")) return(NULL)
    place <- if (length(written) > i && is.call(written[[i + 1]])) as.list(written[[i + 1]])[-1]
    if (length(place) == 2 && is_place(place[[1]])) return(place[[1]])
    stop_argument(paste0(arg, "[[1]]"), "a weight, such as model$weights[[1]]", one[[1]],
      hint = "set_weights() sets weights that are in a list of their own.", call = call)
  })
}

#' @rdname backend-loops
#' @export
k_moving_average_update <- operation(function(x, value, momentum) {
  if (!inherits(x, "kestrel_variable")) stop_argument("x", "a weight", x)
  m <- check_number(momentum, min = 0, max = 1)
  assign_variable(x, plain_operator("+", m * plain(x), (1 - m) * plain(value)))
})
