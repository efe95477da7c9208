# A case: what one diagnosis looks at. An environment with what was given; everything else is
# evidence, computed when a check first asks for `case$name` by evidence_name(case), and kept.
#
# model, history, budget   as given; history may be NULL
# x, y, weight             as fit() would take them, rounded to the precision of the model; or NULL.
#                          Of several inputs x is a list, of several outputs y and weight are
#                          (see R/diagnosis-joint.R)
# raw                      list(x, y) as the user gave them
# refusal                  the error with which fit() would refuse the data, or NULL
# joint                    whether the model has several outputs
# quiet                    whether noise that the model has in inference is left out
# steps                    c(counted, all) where rows are the steps that count (see
# R/diagnosis-steps.R) validation               list(x, y) of lists by input and output, or NULL

new_case <- function(model, x, y, sample_weight, validation_data, history, budget, call) {
  x <- all_dense(x, "x", call)
  validation_data <- dense_validation(validation_data, call)
  case <- bare_case(history, model, budget)
  # Of a model that is compared with no targets only the layers, weights and history are looked at.
  if (needs_no_targets(model)) x <- y <- NULL
  if (is.null(x) != is.null(y)) {
    stop_kestrel("argument", "`x` and `y` go together: only one of them is given.",
      argument = if (is.null(x)) "x" else "y", call = call)
  }
  if (is.null(x)) {
    check_built(model, call)
    return(case)
  }
  if (!model_state(model)$built) case$model <- clone_model(model) else make_quiet(case)
  case$raw <- list(x = x, y = y)
  if (any(takes_strings(case$model))) return(without_data(case, "inputs of numbers", call))
  if (model_state(case$model)$built && any(is_masked(case$model))) {
    return(masked_case(case, sample_weight, call))
  }
  take_data(case, x, y, sample_weight, call)
  if (!is.null(validation_data)) take_validation(case, validation_data, call)
  case
}

# The checks of data know nothing of strings, nor of masks where these leave steps out that do not
# go by themselves: only model, weights and history are looked at. `needed`: what they would need.
without_data <- function(case, needed, call) {
  check_samples(case$model, case$raw$x, case$raw$y, NULL, call = call)
  case$raw <- NULL
  case$needed <- needed
  case
}

# Of a loss that masks leave steps out of, those that count are looked at by themselves.
masked_case <- function(case, sample_weight, call) {
  take_data(case, case$raw$x, case$raw$y, sample_weight, call)
  if (!is.null(case$refusal)) return(case)
  data <- suppressWarnings(check_samples(case$model, case$raw$x, case$raw$y, sample_weight,
    call = call),
    classes = "kestrel_warning")
  data <- lapply(data[c("x", "y", "weight")], lapply, as_precision, case$model)
  steps <- steps_case(case, data)
  if (!is.null(steps)) return(steps)
  rm(list = c("x", "y", "weight"), envir = case)
  without_data(case, "steps that go by themselves", call)
}

bare_case <- function(history, model = NULL, budget = 5) {
  case <- list2env(list(memory = new.env(parent = emptyenv()), budget = budget,
    level = "quick"), parent = emptyenv())
  case$history <- history
  case$model <- model
  case$joint <- !is.null(model) && length(output_names(model)) > 1
  structure(case, class = "kestrel_case")
}

# Missing numbers, wrong codes and text are what a diagnosis is about; shapes are not.
take_data <- function(case, x, y, sample_weight, call) {
  data <- tryCatch(
    suppressWarnings(check_samples(case$model, x, y, sample_weight, call = call),
      classes = "kestrel_warning"),
    kestrel_error_argument = function(e) e
  )
  if (inherits(data, "condition")) {
    misshapen <- inherits(data, "kestrel_error_shape")
    if (misshapen || !grepl("^[xy]($|[[$])", data$argument %||% "")) stop(data)
    case$refusal <- data
    return(invisible())
  }
  single <- model_state(case$model)$precision == "float32"
  case$x <- one_or_list(lapply(data$x, if (single) as_single else as_doubles))
  y <- lapply(data$y, if (single) as_single else as_doubles)
  case$y <- if (case$joint) y else y[[1]]
  weight <- lapply(data$weight, as_precision, case$model)
  assign("weight", if (case$joint) weight else weight[[1]], envir = case)
}

take_validation <- function(case, validation_data, call) {
  samples <- validation_samples(case$model, validation_data, call)
  values <- function(part) lapply(part, function(a) as_doubles(a$values))
  case$validation <- list(x = values(samples$x), y = values(samples$y))
}

as_doubles <- function(x) {
  storage.mode(x) <- "double"
  x
}

# The nearest numbers of single precision.
as_single <- function(x) {
  bytes <- writeBin(as.double(x), raw(), size = 4)
  array(readBin(bytes, "double", length(x), size = 4), dim(x))
}

#' @export
`$.kestrel_case` <- function(x, name) case_value(x, name)

# What is there and not NULL is found at once, as this is asked a thousand times in a diagnosis.
case_value <- function(x, name) {
  memory <- .subset2(x, "memory")
  value <- .subset2(x, name)
  if (is.null(value)) value <- .subset2(memory, name)
  if (!is.null(value) || exists(name, envir = memory, inherits = FALSE) ||
    exists(name, envir = x, inherits = FALSE)) return(value)
  find <- evidence_finder(x, name)
  if (is.null(find)) return(NULL)
  value <- find(x)
  assign(name, value, envir = memory)
  value
}

# Of several outputs much is found otherwise.
evidence_finder <- function(case, name) {
  known <- function(kind) get0(paste0(kind, name), envir = topenv(), mode = "function")
  (if (get("joint", envir = case)) known("joint_evidence_")) %||% known("evidence_")
}

# The weights as fit() takes them.
given_weight <- function(case) {
  if (!case$joint) return(as.vector(case$weight))
  weight <- lapply(case$weight, as.vector)
  if (any(lengths(weight) > 0)) one_or_list(weight)
}

has_data <- function(case) !is.null(case$x)
