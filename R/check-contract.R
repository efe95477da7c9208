# L: what the last activation can put out, what the loss expects, and what y is. Most of it is
# certain before the first step.

contract_checks <- function() {
  list(
    new_check("L1", "targets outside the range of the output", "data", find_range),
    new_check("L2", "softmax of one unit", "model", find_lone_softmax),
    new_check("L3", "softmax for targets that are no probabilities", "data", find_simplex),
    new_check("L4", "cross-entropy of what is no probability", "data", find_clipped),
    new_check("L5", "activation and from_logits", "model", find_double),
    new_check("L6", "targets for which the loss has no lower bound", "data", find_unbounded),
    new_check("L7", "categorical cross-entropy of one unit", "model", find_one_class),
    new_check("L8", "sigmoid with categorical cross-entropy", "model", find_sigmoid_categories),
    new_check("L9", "one target for both outputs of a softmax", "data", find_twin_targets),
    new_check("L10", "loss or metric that does not suit y", "data", find_mismatch),
    new_check("L11", "label smoothing", "data", find_smoothing)
  )
}

find_range <- function(case) {
  if (!case$criterion$record %in% distance_losses || case$last == "softmax" ||
    case$nodes$type[case$place] == "dense") return(NULL)
  range <- unlist(case$range[c("low", "high")])
  outside <- case$y < range[1] | case$y > range[2]
  if (!any(outside)) return(NULL)
  floor <- score_prediction(case, pmin(pmax(as_shape(case$y, case), range[1]), range[2]))
  found(
    "Output cannot reach the targets", "PROVEN",
    sprintf("The last layer ends in %s, whose values lie in [%s, %s]; y goes from %s to %s.",
      case$last,
      digits(range[1]), digits(range[2]), digits(min(case$y)), digits(max(case$y))),
    c(sprintf("%s of %d targets lie outside.", format(sum(outside), big.mark = ","),
      length(outside)),
      sprintf("Lowest loss that any weights reach: %s", digits(floor))),
    "no activation in the last layer (as nnet's linout = TRUE).",
    explains = share_between(case, case$base, floor),
    severity = if (has_share(case, floor)) "fault" else "note",
    certificate = certificate("floor", quote(
      !finite || loss >= value(pmin(pmax(y, low), high)) * (1 - 1e-10) &&
        all(prediction >= low & prediction <= high)
    ), list(low = range[[1]], high = range[[2]], floor = floor)),
    fix = list(what = "last_activation", to = "linear")
  )
}

evidence_range <- function(case) floor_network(case$model, case$fused)$range

distance_losses <- c("mean_squared_error", "mean_absolute_error", "huber", "log_cosh")

as_shape <- function(y, case) array(y, dim(case$prediction))

# A floor that is a noticeable part of the loss.
has_share <- function(case, floor, least = 0.01) {
  isTRUE(share_between(case, case$base, floor) >= least)
}

find_lone_softmax <- function(case) {
  if (case$last != "softmax" || case$units != 1L ||
    case$criterion$record %in% one_hot_losses) return(NULL)
  frozen <- if (has_data(case) && case$computable) {
    sprintf("Loss for any weights: %s", digits(case$loss))
  } else {
    character()
  }
  found(
    "Softmax of one unit", "PROVEN",
    "A softmax over one unit is 1 for any input and any weights: all gradients are zero.",
    frozen, "activation = \"sigmoid\" with loss = \"binary_crossentropy\".",
    explains = if (has_data(case)) 1 else NA,
    certificate = certificate("zero gradient",
      quote(units == 1 && (!finite || all(prediction == 1) && all(gradient == 0)))),
    fix = list(what = "last_activation", to = "sigmoid", loss = "binary_crossentropy")
  )
}

# Squared distance to the probabilities sum p = 1, p >= 0, by sorting (Duchi and others 2008).
nearest_probabilities <- function(y) {
  t(apply(y, 1, function(v) {
    u <- sort(v, decreasing = TRUE)
    shift <- (cumsum(u) - 1) / seq_along(u)
    pmax(v - shift[max(which(u > shift))], 0)
  }))
}

find_simplex <- function(case) {
  if (!is_squared(case) || case$last != "softmax" || case$units < 2 ||
    is.null(case$targets)) return(NULL)
  if (!is_flat(case)) return(not_told)
  nearest <- nearest_probabilities(case$targets)
  floor <- score_prediction(case, as_shape(nearest, case))
  if (!has_share(case, floor)) return(NULL)
  found(
    "Softmax cannot reach the targets", "PROVEN",
    "The outputs of a softmax lie between 0 and 1 and sum to 1; rows of y do not.",
    c(sprintf("Sums of the rows of y: %s to %s", digits(min(rowSums(case$targets))),
      digits(max(rowSums(case$targets)))),
      sprintf("Lowest loss that any weights reach: %s", digits(floor))),
    "no activation in the last layer for numbers, as many units as y has columns.",
    explains = share_between(case, case$base, floor),
    certificate = certificate("floor", quote(
      all(prediction >= 0) && all(abs(rowSums(prediction) - 1) < 1e-6) &&
        all(abs(rowSums(nearest) - 1) < 1e-9) && all(nearest >= 0) &&
        # The distance is smallest where y - nearest makes an obtuse angle with every corner.
        all(rowSums((y - nearest) * nearest) >= apply(y - nearest, 1, max) - 1e-9)
    ), list(nearest = nearest, floor = floor)),
    fix = list(what = "last_activation", to = "linear")
  )
}

find_double <- function(case) {
  if (!takes_probabilities_for_logits(case)) return(NULL)
  values <- if (has_data(case) && case$computable) double_floor(case)
  found(
    "Probabilities taken for logits", "PROVEN",
    sprintf("The last layer ends in %s, and from_logits = TRUE squashes its output once more.",
      case$last),
    if (length(values)) sprintf("Lowest loss that any weights reach: %s", digits(values)),
    "drop either the last activation or from_logits = TRUE.",
    explains = if (length(values)) share_between(case, case$base, values) else NA,
    certificate = certificate("floor", quote(squashes_twice && (!finite ||
      all(prediction >= 0 & prediction <= 1) && !isTRUE(loss < floor - 1e-9 * abs(floor)))),
      list(floor = values %||% NA_real_)),
    fix = list(what = "from_logits")
  )
}

takes_probabilities_for_logits <- function(case) {
  isTRUE(case$criterion$config$from_logits) && case$last %in% c("softmax", "sigmoid")
}

# Logits that lie in [0, 1] (and sum to 1): of a row with one class, and of labels 0 and 1 that are
# not smoothed, the best ones are the targets.
double_floor <- function(case) {
  t <- case$targets
  if (is.null(t) || !is_flat(case) ||
    isTRUE(case$criterion$config$label_smoothing > 0)) return(NULL)
  hard <- all(t %in% 0:1) && (case$criterion$record %in% binary_losses || all(rowSums(t) == 1))
  if (hard) score_prediction(case, as_shape(t, case))
}

find_unbounded <- function(case) {
  y <- case$y
  binary <- case$criterion$record %in% binary_losses
  bad <- outside_domain(case)
  if (!any(bad)) return(NULL)
  found(
    "Targets outside the loss' domain", "PROVEN", domain_sentence(case, binary),
    sprintf("%s of %d targets are, from %s to %s.", format(sum(bad), big.mark = ","), length(bad),
      digits(min(y)), digits(max(y))),
    if (binary) {
      "code the two classes as 0 and 1; for numbers use loss = \"mse\" and no last activation."
    } else {
      "use loss = \"mse\", or counts for y."
    },
    explains = 1,
    certificate = if (binary) {
      certificate("unbounded", quote(any(y < 0 | y > 1)))
    } else {
      certificate("unbounded", quote(any(y < 0)))
    },
    fix = list(what = "domain")
  )
}

# Clipping and the range of the outputs can leave it a bound.
domain_sentence <- function(case, binary) {
  where <- if (binary) "outside 0 to 1" else "negative"
  floor <- if (case$computable) case$data_floor else -Inf
  if (is.finite(floor)) {
    return(sprintf(paste("Where y is %s, %s falls beyond y, too: its lowest value here, %s, is that of",
      "outputs at an end, not near y."), where, case$criterion$record, digits(floor)))
  }
  sprintf("%s has no lower bound where y is %s: outputs that run away from y count as a gain.",
    case$criterion$record, where)
}

outside_domain <- function(case) {
  y <- case$y
  if (case$criterion$record %in% binary_losses) return(y < 0 | y > 1)
  if (case$criterion$record == "poisson") y < 0 else FALSE
}

find_one_class <- function(case) {
  name <- case$criterion$record
  lone <- case$units == 1L && name %in% c(one_hot_losses, "sparse_categorical_crossentropy")
  if (!lone) return(NULL)
  found(
    "Categorical loss of one unit", "PROVEN",
    "With one unit the only class has probability 1 whatever the weights: nothing can be learnt.",
    if (has_data(case) && case$computable && is.finite(case$loss)) {
      sprintf("Loss for any weights: %s", digits(case$loss))
    },
    "one sigmoid unit with loss = \"binary_crossentropy\", or as many units as classes.",
    explains = 1,
    certificate = certificate("zero gradient",
      quote(units == 1 && (!finite || all(abs(gradient) < 1e-9)))),
    fix = list(what = "last_activation", to = "sigmoid", loss = "binary_crossentropy")
  )
}

find_sigmoid_categories <- function(case) {
  categorical <- case$criterion$record %in% c(one_hot_losses, "sparse_categorical_crossentropy")
  if (case$last != "sigmoid" || !categorical || case$units < 2) return(NULL)
  found(
    "Sigmoid with categorical cross-entropy", "LIKELY",
    "The outputs are divided by their sum; that trains, but a softmax is what is meant.",
    remedy = "activation = \"softmax\" in the last layer.", severity = "note",
    fix = list(what = "last_activation", to = "softmax")
  )
}

find_twin_targets <- function(case) {
  y <- case$targets
  twin <- case$last == "softmax" && case$units == 2L && !is.null(y) && is_flat(case) &&
    case$criterion$record %in% binary_losses && all(y[, 1] == y[, 2])
  if (!twin) return(NULL)
  half <- if (case$computable && is_even_loss(case)) score_prediction(case,
    0 * case$prediction + 0.5)
  found(
    "One target for two probabilities", if (is.null(half)) "STRONG" else "PROVEN",
    "Both columns of y are the same, but the two outputs of the softmax sum to 1.",
    if (!is.null(half)) sprintf("No weights reach a loss below %s", digits(half)),
    "one sigmoid unit, or two columns that are indicators of the classes.",
    explains = if (is.null(half)) NA else share_between(case, case$base, half),
    certificate = if (!is.null(half)) {
      certificate("floor",
        quote(all(y[, 1] == y[, 2]) && value(0 * prediction + 0.5) == floor &&
          loss >= floor - 1e-9 * abs(floor)),
        list(floor = half))
    },
    fix = list(what = "one_column")
  )
}

# v(t, p) + v(t, 1 - p) is convex in p, and so lowest at a half: of cross-entropy for any t, of its
# focal form for labels and where (1 - p)^gamma is convex.
is_even_loss <- function(case) {
  config <- case$criterion$config
  if (case$criterion$record == "binary_crossentropy") return(TRUE)
  all(case$targets %in% 0:1) && isTRUE(config$gamma >= 1) && !isTRUE(config$from_logits) &&
    !isTRUE(config$label_smoothing > 0)
}

# Facts, each of which is no fault by itself.
find_mismatch <- function(case) {
  y <- case$y
  name <- case$criterion$record
  labels <- vapply(case$compiled$metrics, function(m) m$metric$record, "")
  whole <- all(y == trunc(y))
  note <- function(cause, why, remedy) {
    found(cause, "LIKELY", why, remedy = remedy, severity = "note")
  }
  notes <- list(
    if (any(grepl("accuracy", labels)) && !case$classifies && !whole) {
      note("Accuracy of numbers", "Accuracy counts exact hits, which numbers never are.",
        "metrics = \"mae\".")
    },
    if (is_squared(case) && case$last %in% c("sigmoid", "softmax") && all(y %in% 0:1)) {
      note("Squared loss of classes", "Its slope vanishes where the model is surely wrong.",
        "loss = \"binary_crossentropy\" or \"categorical_crossentropy\".")
    },
    if (name == "mean_absolute_percentage_error" && any(abs(y) < 1e-7)) {
      note("Percentages of zero", "Targets of 0 are divided by 1e-7.", "loss = \"mae\".")
    },
    if (name == "mean_squared_logarithmic_error" && any(y <= -1)) {
      note("Logarithms of negative numbers", "Targets of -1 and below are clipped.",
        "loss = \"mse\".")
    },
    if (name == "cosine_similarity") {
      note("Loss without scale", "Cosine similarity knows directions only.",
        "loss = \"mse\", if sizes matter.")
    },
    if (name == "kl_divergence" && !is.null(case$targets) &&
      any(abs(rowSums(case$targets) - 1) > 1e-6)) {
      note("Divergence of what is no distribution", "Rows of y do not sum to 1.",
        "divide each row by its sum.")
    }
  )
  Filter(Negate(is.null), notes)
}

find_smoothing <- function(case) {
  s <- case$criterion$config$label_smoothing
  if (!isTRUE(s > 0) || is.null(case$targets)) return(NULL)
  k <- if (case$criterion$record %in% binary_losses) 2 else case$units
  p <- c(1 - s + s / k, rep(s / k, k - 1))
  floor <- case$compiled$loss_weights * -sum(p * log(p))
  found(
    "Label smoothing", "LIKELY",
    "Smoothed labels have an entropy, which no prediction can undercut.",
    sprintf("Lowest loss for hard labels: %s", digits(floor)), severity = "note",
    remedy = "compare losses with that number, not with 0."
  )
}
