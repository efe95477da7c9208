# Losses that masks leave steps out of: where each step goes through the network by itself, the
# steps that count are rows of the same network without its steps, and all checks can be made on
# these. Their loss is that of the model, but for 1e-7 in the number of steps.

# NULL where that is not so.
steps_case <- function(case, data) {
  model <- case$model
  mask <- loss_mask(model, data$x, 1L)
  single <- !case$joint && input_count(model) == 1 && !is_whole_loss(case$criterion)
  if (!single || anyNA(mask) || !any(mask > 0)) return(NULL)
  copy <- step_model(model)
  if (is.null(copy)) return(NULL)
  steps <- bare_case(case$history, copy, case$budget)
  kept <- mask > 0
  x <- step_rows(data$x[[1]], has_codes(model))[kept, , drop = FALSE]
  y <- step_rows(data$y[[1]], takes_codes(case$criterion))[kept, , drop = FALSE]
  w <- data$weight[[1]]
  steps$raw <- list(x = x, y = as_step_targets(y, copy))
  if (!is.null(w)) w <- rep(as.vector(w), each = length(mask) / length(w))[kept]
  take_data(steps, x, steps$raw$y, w, NULL)
  steps$steps <- c(counted = sum(kept), all = length(mask))
  if (has_data(steps) && same_outputs(case, steps, data$x, kept)) steps
}

# Rows by sample and step; `codes`: each number is a step.
step_rows <- function(x, codes) {
  matrix(to_columns(x), ncol = if (codes) 1L else dim(x)[length(dim(x))], byrow = TRUE)
}

# An embedding puts out a place for each code.
as_step_targets <- function(y, model) {
  dims <- model_outputs(model)[[1]]
  if (length(dims) == 1) y else array(y, c(nrow(y), dims[-length(dims)], ncol(y)))
}

has_codes <- function(model) layer_state(leaf_layers(model)[[1]])$type == "embedding"

same_outputs <- function(case, steps, x, kept) {
  put_out <- function(model, x) step_rows(place_values(model, x, model_plan(model)$outputs), FALSE)
  whole <- put_out(case$model, x)[kept, , drop = FALSE]
  isTRUE(all.equal(put_out(steps$model, x_list(steps$x)), whole, tolerance = 1e-10))
}

# The layers on single steps, without masks, with the weights of the model; NULL where a layer looks
# at several steps.
step_model <- function(model) {
  from <- model_state(model)
  if (!all(vapply(from$layers, goes_by_step, NA))) return(NULL)
  dims <- model_inputs(model)[[1]]
  dims <- if (has_codes(model)) 1L else dims[length(dims)]
  parts <- lapply(from$layers, step_part, dims)
  copy <- if (is.null(from$graph)) step_stack(from, parts, dims) else {
    fields <- c("graph", "input_keys", "output_keys", "name", "precision", "automatic")
    nothing <- function(part) part %||% layer_activation(activation = "linear")
    graph_again(mget(fields, envir = from), lapply(parts, nothing))
  }
  # Whatever they are.
  unpack_weights(leaf_layers(copy), pack_weights(leaf_layers(model)))
  state <- model_state(copy)
  for (name in c("compiled", "classes", "features", "optimizer_state")) {
    assign(name, from[[name]], envir = state)
  }
  state$compiled$flags <- compiled_flags(copy)
  state$last_fit <- step_fit(from$last_fit)
  copy
}

step_stack <- function(from, parts, dims) {
  copy <- new_model(from$name, list(input = dims, precision = from$precision,
    automatic = from$automatic))
  for (part in Filter(Negate(is.null), parts)) add_layer(copy, part)
  copy
}

goes_by_step <- function(part) {
  if (is_model(part)) return(FALSE)
  if (is_input(part)) return(TRUE)
  type <- layer_state(part)$type
  if (type == "time_distributed") return(is_stepwise(layer_config(part)$layer))
  joins <- setdiff(merging_types, c("concatenate", "dot"))
  is_stepwise(part) || type %in% c("masking", "embedding", joins)
}

# NULL: a layer that single steps do not need.
step_part <- function(part, dims) {
  state <- layer_state(part)
  if (is_input(part)) return(new_input(dims, state$name, state$dtype)$call$part)
  if (state$type == "masking") return(NULL)
  inner <- if (state$type == "time_distributed") layer_state(state$config$layer) else state
  config <- inner$config
  if (inner$type == "embedding") config[c("mask_zero", "input_length")] <- list(FALSE, NULL)
  new_layer(inner$type, config, list(input_shape = NULL, dtype = state$dtype, name = state$name,
    trainable = state$trainable, initial = NULL))
}

# What is about samples in their order says nothing of steps.
step_fit <- function(fit) {
  fit[c("validation_split", "shuffle", "data", "batch_size", "samples")] <- NULL
  fit
}

# Whether an output is one row of numbers for each sample.
is_flat <- function(case) {
  dims <- dim(case$prediction)
  prod(dims[-1]) == dims[length(dims)]
}
