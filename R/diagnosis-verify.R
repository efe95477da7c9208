# Certificates are claims in the words below, computed anew from the model, the data as given
# and R's own arithmetic: nothing that the search found is trusted.

#' Check the certificate of a finding again
#'
#' A `PROVEN` finding carries a certificate: an R expression about `x`, `y`, the model's
#' `prediction`, its `loss` and `gradient`, with numbers such as a floor, that is `TRUE`. It is
#' evaluated in double precision, independently of how it was found.
#'
#' @param d a diagnosis.
#' @param i the number of a finding, or its id.
#' @return `TRUE` or `FALSE`; `NA` for findings that are not proven. The claim, an expression,
#'   is its attribute `claim`.
#' @section Errors: `kestrel_error_argument` for what is no diagnosis and for findings that do
#'   not exist.
#' @family diagnosis
#' @examples
#' x <- c(-1, 0, 1)
#' y <- c(-0.2445248, 0.1232554, 0.1713998)
#' model <- keras_model_sequential() %>%
#'   layer_dense(10, input_shape = 1) %>%
#'   layer_dense(1)
#' model %>% compile(loss = "mse", optimizer = optimizer_adam(0.01))
#' model %>% fit(x, y, epochs = 500, verbose = 0)
#' verify_finding(diagnose(model, x, y), "S1")
#' @export
verify_finding <- function(d, i) {
  check_diagnosis(d)
  i <- check_finding(d, i)
  finding <- attr(d, "findings")[[i]]
  if (is.null(finding$certificate)) return(NA)
  case <- finding$view %||% attr(d, "case")
  if (!is.null(case$model)) local_compiled_flags(case$model)
  holds <- tryCatch(isTRUE(with_own_seed(claim_holds(finding$certificate, case))),
    error = function(e) FALSE)
  structure(holds, claim = finding$certificate$claim)
}

# All certificates of a diagnosis.
verified <- function(d) {
  d$verified <- vapply(seq_len(nrow(d)), function(i) as.logical(verify_finding(d, i)), NA)
  d
}

claim_holds <- function(certificate, case) {
  words <- claim_words(case)
  list2env(certificate$values, envir = words)
  eval(certificate$claim, words)
}

# Promises: what a claim does not speak of is not computed.
claim_words <- function(case) {
  words <- new.env(parent = asNamespace("stats"))
  for (name in names(claim_values)) {
    local({
      value <- claim_values[[name]]
      delayedAssign(name, value(case), assign.env = words)
    }, envir = list2env(list(name = name, words = words, case = case), parent = topenv()))
  }
  words
}

claim_values <- list(
  refused = function(case) !is.null(case$refusal),
  raw_x = function(case) case$raw$x,
  raw_y = function(case) case$raw$y,
  columns = function(case) raw_columns,
  given = function(case) given_inputs(case),
  single = function(case) as_single_vector,
  y = function(case) claim_targets(case),
  labels = function(case) case$labels,
  inputs = function(case) evidence_inputs(case),
  units = function(case) case$units,
  prediction = function(case) predict_again(case, case$x),
  loss = function(case) case$loss,
  value = function(case) function(p) score_prediction(case, as_shape(p, case)),
  gradient = function(case) claim_gradient(case),
  finite = function(case) has_data(case) && case$computable && is.finite(case$loss),
  squashes_twice = function(case) takes_probabilities_for_logits(case),
  trained = function(case) as.double(unlist(get_weights(case$model, trainable = TRUE))),
  trained_gradient = function(case) claim_gradient(case)[learning_places(case)],
  kernel_gradient = function(case) claim_gradient(case)[is_kernel(case)],
  kernels = function(case) unlist(lapply(case$dense, `[[`, "kernel")),
  slope = function(case) claim_slope(case),
  equal_inputs = function(case) function(groups) rows_equal_within(case$inputs, groups),
  units_of = function(case) function(i) unit_weights(case, i),
  z_of = function(case) function(i) unit_sums(case, case$dense[[i]]),
  threshold_of = function(case) function(i) flat_threshold(case, case$dense[[i]]),
  cell_holds = function(case) function(groups, floor) is_cell(case, groups, floor),
  loss_at = function(case) function(w) loss_with(case, w),
  history_loss = function(case) case$series,
  weights = function(case) unlist(get_weights(case$model)),
  trainable = function(case) vapply(case$layers, layer_trainable, NA),
  fit = function(case) case$fit,
  bound_with = function(case) function(reach) output_bound(case, reach),
  jacobian_times = function(case) function(u) jacobian_product(case, u),
  jacobian_size = function(case) function() sqrt(sum(case$gradient^2)),
  rows_again = function(case) function(held) held_in_training(case, held),
  is_affine = function(case) function() is_affine_at_random(case),
  constant_loss = function(case) constant_reference(case),
  floor_holds = function(case) function(proof) verify_certificate(proof, case$problem)
)

as_single_vector <- function(x) as.vector(as_single(matrix(x)))

claim_targets <- function(case) if (is.null(case$targets)) case$y else case$targets

predict_again <- function(case, x) {
  y <- engine_predict(case$plan, pack_weights(case$layers), case_arrays(x), 32L)
  if (isTRUE(case$joint)) y else y[[1]]
}

# f on a line through two random points: f(a x + b x') = a f(x) + b f(x'), where a + b = 1; by
# weights drawn at random where those of the model are not finite, or too large.
is_affine_at_random <- function(case) {
  case <- logits_case(case)
  w <- pack_weights(case$layers)
  off <- distance_to_line(case, w)
  if (!is.finite(off)) off <- distance_to_line(case, stats::runif(length(w), 0.5, 1))
  off <= 1e-9
}

# As a share of what f is there.
distance_to_line <- function(case, w) {
  points <- lapply(1:2, function(i) lapply(case$input_dims, function(dims) {
    array(stats::rnorm(20 * prod(dims)), c(20L, dims))
  }))
  f <- function(x) as.vector(engine_predict(case$plan, w, case_arrays(x), 32L)[[1]])
  on_line <- f(Map(function(a, b) 2.5 * a - 1.5 * b, points[[1]], points[[2]]))
  ends <- 2.5 * f(points[[1]]) - 1.5 * f(points[[2]])
  max(abs(on_line - ends)) / max(1, abs(on_line), abs(ends))
}

# The plan up to the last activation.
logits_case <- function(case) {
  plan <- case$plan
  if (case$last != "linear") plan$outputs <- case$nodes$from[case$place] - 1L
  list(plan = plan, layers = case$layers, input_dims = model_inputs(case$model))
}

# The size of a loss, where there is one.
constant_reference <- function(case) {
  known <- c(case$constant_loss, case$loss)
  abs(c(known[is.finite(known)], 0)[1])
}

rows_equal_within <- function(x, groups) {
  first <- match(groups, groups)
  rowSums(x != x[first, , drop = FALSE]) == 0
}

# Rows of a group have equal inputs, or some layer puts out the same for them before and behind a
# small change of all its sums; and no outputs that are equal within groups have a lower loss.
is_cell <- function(case, groups, floor) {
  cell <- cell_groups(case$model, case$problem)
  same <- max(row_groups(cbind(match(groups, groups),
    match(cell$group, cell$group)))) == length(unique(groups))
  least <- data_floor(case$problem, groups, case$problem$network$range, "cell", cell$frozen)$about
  size <- 1e-9 * abs(floor) + 1e-13 * constant_reference(case) + 1e-14
  same && floor <= least + size && !isTRUE(floor > case$loss + size)
}

unit_weights <- function(case, i) {
  layer <- case$dense[[i]]
  cbind(t(layer$kernel), layer$bias %||% rep(0, layer$width), case$dense[[i + 1L]]$kernel)
}

# By central differences of the loss, along each weight; 0 at a kink that is flat on one side, as
# the slope of relu is there.
claim_gradient <- function(case) {
  w <- pack_weights(case$layers)
  step <- 1e-4 * max(1, abs(w))
  here <- loss_with(case, w)
  vapply(seq_along(w), function(i) {
    ends <- vapply(c(-step, step), function(s) {
      moved <- w
      moved[i] <- moved[i] + s
      loss_with(case, moved)
    }, 0)
    if (isTRUE(any(ends == here))) 0 else diff(ends) / (2 * step)
  }, 0)
}

loss_with <- function(case, w) {
  y <- engine_predict(case$plan, w, case_arrays(case$x), 256L)
  if (!all(is.finite(unlist(y)))) return(Inf)
  score_prediction(case, if (case$joint) y else y[[1]])
}

# Which of all weights are trained.
learning_places <- function(case) {
  each <- lapply(case$layers, function(layer) {
    slots <- Filter(function(s) !s$is_state, layer_state(layer)$slots)
    rep(layer_trainable(layer), sum(vapply(slots, function(s) prod(as.double(s$dims)), 0)))
  })
  which(unlist(each))
}

is_kernel <- function(case) {
  slots <- unlist(lapply(case$layers, function(l) layer_state(l)$slots), recursive = FALSE)
  slots <- Filter(function(s) !s$is_state, slots)
  unlist(lapply(slots, function(s) rep(s$name == "kernel", prod(s$dims))))
}

# u'J for columns u, each by the gradient of sum(outputs * u), of trainable weights.
jacobian_product <- function(case, u) {
  data <- case_arrays(case$x)
  apply(u, 2, function(v) {
    v <- array(v, dim(case$prediction))
    engine_gradient(case$plan, pack_weights(case$layers), data,
      list(data_array(v, sample_dims(v))))$dw[learning_places(case)]
  })
}

# As text, by R's own comparison.
held_in_training <- function(case, held) {
  rows <- split_rows(case)
  text <- function(m) apply(m, 1, function(v) paste(sprintf("%.17g", v), collapse = " "))
  text(rows$held[held, , drop = FALSE]) %in% text(rows$train)
}

# d loss of a row / d its predictions, by differences of one column after the other; 0 where they are
# no more than rounding of the loss.
claim_slope <- function(case) {
  p <- matrix(case$prediction, ncol = case$units)
  step <- 1e-9 * pmin(1, pmax(abs(rowSums(p)), 1e-300))
  vapply(seq_len(ncol(p)), function(j) {
    ends <- lapply(list(-step, step), function(s) {
      p[, j] <- p[, j] + s
      as.vector(output_losses(case, p))
    })
    change <- ends[[2]] - ends[[1]]
    change[abs(change) <= 4 * .Machine$double.eps * abs(ends[[1]])] <- 0
    change / (2 * step)
  }, numeric(nrow(p)))
}
