#' Functions and gradients of symbolic tensors
#'
#' `k_function()` makes a function of arrays from symbolic tensors: it computes `outputs` from
#' `inputs`. It shows what a layer gives (`k_function(list(model$input), list(layer$output))`), and
#' with `k_gradients()` what a model's output depends on: saliency maps, inputs that activate a unit
#' most.
#'
#' `k_gradients(loss, variables)` gives for each variable a tensor of the same dims, the derivative
#' of `sum(loss)` by it. Where `loss` has a number for each sample, each sample has the gradient of
#' its own. It is exact: that of [backpropagation][autodiff] through layers and R functions, with
#' the weights that the layers have when the function is called. Dropout and noise are off, unless
#' the pass is one of training. It can go into other operations, and is differentiated itself: the
#' loss may have a penalty on slopes, as that of a Wasserstein network, and there are derivatives of
#' derivatives. That is not so through R functions, layers of codes, and dropout or noise in
#' training.
#'
#' Operations that have one result for the whole batch, such as `k_mean(x)`, are given as such by
#' `k_function()`, without an axis for samples. The whole of what it is called on is one batch.
#'
#' @param inputs a tensor or a list of them. An inner tensor, such as `layer$output`, can be an
#'   input. [k_learning_phase()] among them is one, too: 1 for training, 0 for inference.
#' @param outputs a tensor or a list of them.
#' @param updates `NULL` or an empty list.
#' @param ... accepted from R keras scripts, without effect.
#' @param loss a tensor, or a list of tensors that are added.
#' @param variables a tensor, or a list of them. [with_gradient()] gives gradients by weights.
#' @param shape dims with those of the samples: `list(NULL, 4)` or `c(NA, 4)`.
#' @param ndim,dtype,sparse accepted from R keras scripts, without effect.
#' @param name name of the input.
#' @return `k_function()` a function of the list of the inputs' arrays (or of an array where there
#'   is one input), samples first, that returns an array, or a list of them where `outputs` is a
#'   list; `k_gradients()` a list of tensors; `k_placeholder()` a tensor, as [layer_input()] does.
#' @section Errors: `kestrel_error_argument` for what are no tensors, for a `loss` that does not
#'   depend on a variable, or only through a layer of codes such as [layer_embedding()], and for
#'   `updates`; `kestrel_error_layer` where an R function on the way cannot be differentiated, which
#'   is named. The function's are those of [predict()][predict.kestrel_model].
#' @source Keras 2: `keras.backend.function()`, `keras.backend.gradients()`.
#' @family models
#' @examples
#' model <- keras_model_sequential(input_shape = 3) %>%
#'   layer_dense(4, activation = "tanh") %>%
#'   layer_dense(2, activation = "softmax")
#' x <- matrix(c(0.1, -0.4, 0.7, 0.2, 0.9, -0.3), 2)
#'
#' hidden <- k_function(list(model$input), list(model$layers[[1]]$output))
#' hidden(list(x))[[1]]
#'
#' slopes <- k_gradients(model$output[, 1], model$input)
#' saliency <- k_function(list(model$input), slopes)
#' saliency(list(x))[[1]]
#'
#' # A penalty on the length of the gradient by the input
#' steep <- k_gradients(model$output, model$input)[[1]]
#' smooth <- keras_model(model$input, model$output)
#' smooth$add_loss(0.1 * k_sum(k_square(steep), axis = -1))
#' smooth %>% compile(loss = "categorical_crossentropy", optimizer = "adam")
#' fit(smooth, x, diag(2), epochs = 2, verbose = 0)
#' @export
k_function <- function(inputs, outputs, updates = NULL, ...) {
  call <- environment()
  check_present("inputs")
  check_present("outputs")
  if (length(updates)) {
    stop_argument("updates", "NULL", updates,
      hint = "Weights change in fit() and apply_gradients().")
  }
  given <- if (is.list(inputs) && !is.object(inputs)) inputs else list(inputs)
  phase <- vapply(given, is_phase, NA)
  model <- keras_model(check_tensors(given[!phase], "inputs", call), outputs)
  symbolic_function(model, phase, vapply(tensor_list(outputs), is_whole, NA), is_tensor(outputs))
}

# What k_learning_phase() gives where no pass goes on.
is_phase <- function(x) is_number(x) && x %in% 0:1

# `whole`: which outputs are one for the batch; `alone`: whether the one output comes by itself.
symbolic_function <- function(model, phase, whole, alone) {
  force(model)
  function(inputs) {
    check_present("inputs")
    given <- if (is.list(inputs) && !is.object(inputs)) inputs else list(inputs)
    check_input_count(given, phase, environment())
    training <- any(vapply(given[phase], function(x) check_flag(as.logical(x), arg = "inputs"), NA))
    x <- model_input(model, one_or_list(given[!phase]), "inputs", environment())
    y <- predict_arrays(model, x, training, batch_size = max(sample_count(x[[1]]), 1L))
    y[whole] <- lapply(y[whole], one_for_all)
    if (alone) y[[1]] else stats::setNames(y, model_state(model)$output_keys)
  }
}

check_input_count <- function(given, phase, call) {
  if (length(given) == length(phase)) return(invisible(given))
  stop_kestrel("argument",
    sprintf("`inputs` must be a list of %d, as that of k_function(), not of %d.",
    length(phase), length(given)), argument = "inputs", value = length(given), call = call)
}

#' @rdname k_function
#' @export
k_placeholder <- function(shape = NULL, ndim = NULL, dtype = NULL, sparse = FALSE, name = NULL) {
  dims <- if (is.numeric(shape) || is.list(shape) && !is.object(shape)) sample_part(shape)
  if (!is.numeric(dims) || anyNA(dims)) {
    stop_argument("shape", "dims with those of the samples, such as list(NULL, 4)", shape)
  }
  layer_input(dims, name = name)
}

#' @rdname k_function
#' @export
k_gradients <- function(loss, variables) {
  call <- environment()
  check_present("loss")
  check_present("variables")
  losses <- unname(check_tensors(loss, "loss", call))
  variables <- unname(check_variables(variables, call))
  check_dependence(losses, variables, call)
  lapply(variables, gradient_tensor, losses, call)
}

check_variables <- function(x, call) {
  number <- function(x) is.numeric(x) || inherits(x, "kestrel_variable")
  if (number(x) || is.list(x) && length(x) && number(x[[1]])) {
    stop_argument("variables", "symbolic tensors", x,
      hint = "with_gradient(model, x, y) gives gradients by weights.", call = call)
  }
  check_tensors(x, "variables", call)
}

# From tensors back to `end` or the graph's inputs: list(inputs, met, codes), the inputs that were
# met on the way, whether the end was, and names of layers of codes. Through these only if
# `through`.
walk_to <- function(tensors, end, through = TRUE) {
  found <- list(inputs = list(), met = FALSE, codes = character())
  seen <- list()
  while (n <- length(tensors)) {
    tensor <- tensors[[n]]
    tensors[[n]] <- NULL
    if (same_tensor(tensor, end)) {
      found$met <- TRUE
    } else if (!tensor$call$serial %in% seen) {
      seen <- c(seen, tensor$call$serial)
      part <- tensor$call$part
      if (is_input(part)) found$inputs <- c(found$inputs, list(tensor))
      else if (takes_code_numbers(part) && !through) found$codes <- c(found$codes, part$name)
      else tensors <- c(tensors, tensor$call$inputs)
    }
  }
  found
}

# Where a small change of the input means nothing.
takes_code_numbers <- function(part) {
  is_layer(part) && layer_state(part)$type %in% c("embedding", "discretization", "hashing",
    "category_encoding", "integer_lookup", "string_lookup")
}

check_dependence <- function(losses, variables, call) {
  for (i in seq_along(variables)) {
    found <- walk_to(losses, variables[[i]], through = FALSE)
    if (found$met) next
    arg <- if (length(variables) == 1) "variables" else sprintf("variables[[%d]]", i)
    why <- if (length(found$codes)) sprintf(" but through layer \"%s\", which takes codes",
      found$codes[1])
    stop_kestrel("argument", sprintf("`loss` does not depend on `%s`%s.", arg, why %||% ""),
      hint = if (!is.null(why)) "Take the output of that layer as the variable.", argument = arg,
      call = call)
  }
}

# The gradient by a tensor as a layer on all inputs of the model from it to the losses.
gradient_tensor <- function(variable, losses, call) {
  tensors <- c(list(variable), walk_to(losses, variable)$inputs)
  model <- graph_model(trace_graph(tensors, losses, call), "gradient", NULL, NULL, call)
  f <- gradient_function(model, vapply(losses, is_whole, NA))
  config <- list(f = f, output_shape = variable$dims, arguments = NULL)
  options <- layer_options(list(), known = character(), call = call)
  options[c("title", "whole")] <- list("gradient", is_whole(variable))
  layer_on_tensors(new_layer("lambda", config, options), tensors, call)
}

# w: weights of the layers that are `present` in the network that it stands in.
gradient_function <- function(model, whole) {
  force(model)
  force(whole)
  structure(function(inputs, w = list(), present = logical()) {
    x <- inner_parts(inputs)
    operate("gradient", c(x, w),
      list(model = model, whole = whole, inputs = length(x), present = present,
      training = isTRUE(the$instance_training)))
  }, gradient_of = model)
}

# Whether weights that are trained may change it.
is_gradient_of_weights <- function(f) {
  model <- attr(f, "gradient_of", exact = TRUE)
  if (is.null(model)) return(FALSE)
  any(vapply(leaf_layers(model), function(layer) {
    layer_trainable(layer) && !all(layer_state(layer)$is_state)
  }, NA))
}

symbolic_operations <- function() {
  list(gradient = list(
    value = function(..., model, whole, inputs, present, training) {
      x <- list(...)[seq_len(inputs)]
      w <- list(...)[-seq_len(inputs)]
      gradient_values(model, x, packed_with(model, w, present), whole, training)
    },
    vjp = function(dy, y, ..., model, whole, inputs, present, training) {
      x <- list(...)[seq_len(inputs)]
      w <- list(...)[-seq_len(inputs)]
      second_gradients(model, x, w, present, whole, dy, training)
    }
  ))
}

# Of the sum of the model's outputs, by its first input. Of an output that is one for the batch only
# the first sample counts.
gradient_values <- function(model, x, packed, whole, training) {
  n <- dim(x[[1]])[1]
  spec <- network_spec(model, probed = TRUE)
  y <- lapply(model_outputs(model), function(dims) array(0, c(n, dims)))
  trainer <- bare_trainer(spec, packed, data_arrays(x), y, n,
    TRUE, if (training) draw_seed() else 0, engine_settings(), optimizer_spec(optimizer_sgd()))
  records <- forward_outside(trainer, spec$outside, NULL, if (training) -1L else -2L)
  for (o in seq_along(y)) {
    slope <- if (whole[o]) replace(y[[o]], slice.index(y[[o]], 1) == 1, 1) else y[[o]] + 1
    trainer_give(trainer, o - 1L, 0, slope)
  }
  backward_outside(trainer, spec$outside, records)
  array(trainer_look(trainer, 0L, TRUE), dim(x[[1]]))
}
