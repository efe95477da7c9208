# Random models, data and weights whose proven findings are held against what training does: with
# penalties, constraints, noise, frozen layers, several outputs, dead and equal units, and weights at
# rest.

random_finding_case <- function(seed) {
  set.seed(seed)
  n <- sample(4:16, 1)
  loss <- if (runif(1) < 0.5) loss_mean_squared_error() else random_loss()
  k <- sample(c(1, 1, 2, 3), 1)
  inputs <- sample(3, 1)
  model <- keras_model_sequential(input_shape = inputs, dtype = sample(c("float64", "float64", "float32"), 1))
  for (i in seq_len(sample(0:3, 1))) random_hidden(model)
  layer_dense(model, k, random_end(loss), kernel_constraint = random_constraint(), kernel_regularizer = random_penalty(),
    use_bias = runif(1) < 0.8)
  for (layer in model$layers) if (runif(1) < 0.12) layer$trainable <- FALSE
  suppressWarnings(compile(model, loss = loss, optimizer = random_optimizer(), loss_weights = sample(c(1, 1, 3), 1)),
    classes = "kestrel_warning")
  random_start(model)
  x <- random_inputs(n, inputs)
  y <- random_targets(n, model, loss)
  w <- if (runif(1) < 0.25) c(1, round(runif(n - 1, 0, 3), 1))
  if (runif(1) < 0.3 && !any(compiled_flags(model))) return(list(model = model, x = x, y = y, w = w))
  if (runif(1) < 0.6) train_some(model, x, y, w, sample(c(1, 5, 60, 300), 1))
  list(model = model, x = x, y = y, w = w)
}

random_hidden <- function(model) {
  if (runif(1) < 0.1) layer_gaussian_noise(model, 1)
  layer_dense(model, sample(4, 1), sample(c("relu", "relu", "tanh", "linear", "hard_tanh", "sigmoid"), 1),
    use_bias = runif(1) < 0.8, kernel_regularizer = random_penalty(), bias_regularizer = random_penalty(),
    activity_regularizer = if (runif(1) < 0.05) regularizer_l2(0.1), kernel_constraint = random_constraint(),
    kernel_initializer = sample(c("glorot_uniform", "glorot_uniform", "zeros", "ones"), 1))
  if (runif(1) < 0.15) layer_dropout(model, 0.4)
  if (runif(1) < 0.07) layer_gaussian_dropout(model, 0.4)
  if (runif(1) < 0.07) layer_batch_normalization(model)
}

random_penalty <- function() if (runif(1) < 0.1) sample(list(regularizer_l2(0.1), regularizer_l1(0.1)), 1)[[1]]

random_constraint <- function() {
  if (runif(1) < 0.08) sample(list(constraint_maxnorm(0.5), constraint_nonneg(), constraint_unitnorm()), 1)[[1]]
}

random_end <- function(loss) {
  own <- loss_absorbs(loss)
  if (!is.na(own) && runif(1) < 0.6) own else sample(c("linear", "linear", "relu", "softplus", "tanh", "sigmoid"), 1)
}

random_optimizer <- function() {
  rate <- 10^runif(1, -3, -1)
  decay <- if (runif(1) < 0.1) 0.1
  switch(sample(6, 1), optimizer_adam(rate, weight_decay = decay), optimizer_sgd(rate, weight_decay = decay),
    optimizer_sgd(rate, momentum = 0.9), optimizer_rmsprop(rate), optimizer_adagrad(rate), optimizer_adam(rate))
}

# Weights of any size; some with units that are off, equal, or nothing at all.
random_start <- function(model) {
  w <- get_weights(model)
  if (!length(w) || runif(1) < 0.3) return(invisible())
  scale <- 10^runif(1, -1, 1)
  kernels <- which(vapply(w, function(v) length(dim(v)) == 2, NA))
  w[kernels] <- lapply(w[kernels], function(v) v * scale)
  if (runif(1) < 0.3) {
    i <- sample(length(w), 1)
    w[[i]][] <- w[[i]][1] - if (runif(1) < 0.5) 3 else 0
  }
  suppressWarnings(set_weights(model, w))
}

train_some <- function(model, x, y, w, epochs) {
  train_given(list(model = model, x = x, y = y, w = w), epochs)
}

# Solvers take all rows at once; what one of them refuses stays as it is.
train_given <- function(given, epochs) {
  optimizer <- model_state(given$model)$compiled$optimizer
  size <- sample(c(2, 100), 1)
  if (takes_all_rows(optimizer)) size <- 100
  train <- function() suppressWarnings(fit(given$model, given$x, given$y, sample_weight = given$w,
    class_weight = given$classes, epochs = epochs, batch_size = size, verbose = 0), classes = "kestrel_warning")
  if (is_solver(optimizer)) tryCatch(train(), kestrel_error = function(e) NULL) else train()
  invisible()
}

# What a diagnosis says and is not so, in words; nothing otherwise. Attribute `found`: ids.
false_findings <- function(seed, draw = random_finding_case) {
  given <- draw(seed)
  case <- new_case(given$model, given$x, given$y, given$w, given$validation, model_state(given$model)$history, 0.05,
    environment())
  case$level <- "standard"
  walk <- with_own_seed(walk_checks(case, diagnosis_checks(), "standard"))
  proven <- Filter(function(f) f$confidence == "PROVEN", walk$findings)
  holds <- vapply(proven, function(f) {
    isTRUE(tryCatch(with_own_seed(claim_holds(f$certificate, f$view %||% case)), error = function(e) FALSE))
  }, NA)
  ids <- vapply(proven, `[[`, "", "id")
  known <- has_data(case) && case$finite_weights && case$computable
  bad <- c(sprintf("%s is not verified", ids[!holds]), sprintf("%s failed: %s", names(walk$failed), walk$failed),
    if (known) contradictions(given, case, proven), if (!is.null(case$refusal)) wrongly_refused(given))
  structure(bad, found = ids)
}

wrongly_refused <- function(given) {
  refused <- tryCatch({
    fit(given$model, given$x, given$y, sample_weight = given$w, epochs = 1, batch_size = 100, verbose = 0)
    FALSE
  }, kestrel_error_argument = function(e) TRUE)
  if (!refused) "data that fit() takes were said to be refused"
}

# After more training by the model's own optimizer.
contradictions <- function(given, case, findings) {
  before <- snapshot_of(given, case)
  claims <- lapply(findings, function(finding) claim_of(finding, finding$view %||% case))
  names <- vapply(findings, `[[`, "", "id")
  parts <- lapply(findings, part_of, case)
  bad <- character()
  look <- function() {
    now <- snapshot_of(given, case)
    for (i in seq_along(claims)) {
      if (!is.null(claims[[i]]) && !isTRUE(claims[[i]](parts[[i]](before), parts[[i]](now)))) {
        bad <<- c(bad, paste(names[i], "is contradicted:", findings[[i]]$why))
      }
    }
  }
  if (any(compiled_flags(given$model))) {
    for (epochs in c(3, 40)) {
      train_given(given, epochs)
      look()
    }
  }
  unique(bad)
}

# What a finding is about, of a snapshot: the whole, or one output of several.
part_of <- function(finding, case) {
  if (is.null(finding$view)) return(identity)
  o <- which(vapply(case$views, identical, NA, finding$view))
  function(snapshot) snapshot$views[[o]]
}

# loss, weights by layer, which relu units are on, all of it of the model as it is.
snapshot_of <- function(given, case) {
  again <- new_case(given$model, given$x, given$y, given$w, NULL, NULL, 1, environment())
  shot <- case_snapshot(again, case)
  if (isTRUE(case$joint)) shot$views <- Map(case_snapshot, again$views, case$views)
  shot
}

case_snapshot <- function(again, case) {
  # Evidence of now, not of when it is first asked for.
  known <- again$finite_weights && again$computable
  if (known) for (name in c("dense", "dead", "weights")) case_value(again, name)
  state <- model_state(again$model)
  list(loss = if (again$finite_weights) again$loss else NaN, case = again, flat = if (known) flat_rows(again),
    steps = state$optimizer_state$iterations,
    rounding = 1e-6 * abs(case$loss) + 1e-9 * (1 + max(abs(as.numeric(unlist(case$y)))^2)))
}

# A function of the model before and after, TRUE where what was said still holds.
claim_of <- function(finding, case) {
  says <- function(text) any(grepl(text, c(finding$why, finding$numbers), fixed = TRUE))
  floor <- finding$certificate$values$floor
  above <- function(limit) function(before, now) !is.finite(now$loss) || now$loss >= limit - now$rounding
  if (finding$id == "K1a") return(above(case$loss - (case$loss - floor)))
  if (finding$id == "S1" && says("This is the global minimum")) return(above(case$loss * (1 - 2e-6 * sign(case$loss))))
  if (finding$id %in% c("D1", "S1", "S2", "C1", "L1", "L3") && is.numeric(floor) && !anyNA(floor)) return(above(floor))
  if (finding$id == "O10" && length(finding$numbers)) return(above(frozen_floor(case)))
  if (finding$id %in% c("L5", "L9") && !is.na(floor)) return(above(floor))
  if (finding$id %in% c("L2", "L7") && says("Loss for any weights")) {
    return(function(before, now) !is.finite(now$loss) || abs(now$loss - before$loss) <= now$rounding)
  }
  # As long as no weight can have gone further than from where training began to here, and back.
  if (finding$id == "D7") return(function(before, now) now$steps > 3 * before$steps || above(floor)(before, now))
  better <- finding$certificate$values$better %||% finding$certificate$values$weights
  if (finding$id %in% c("O1", "C2", "K1b") && !is.null(better)) {
    reachable <- is_reachable(case, better)
    return(function(before, now) reachable)
  }
  if (finding$id == "U1") return(dead_claim(finding, says))
  if (finding$id == "S5" && says("nothing but rounding")) return(twin_claim(finding))
  if (finding$id == "O9") return(function(before, now) identical(now$case$weights, before$case$weights))
  NULL
}

# Frozen layers are as they are, and constraints hold.
is_reachable <- function(case, w) {
  layers <- lapply(case$layers, function(l) clone_layer(l, l$name))
  unpack_weights(layers, w)
  all(unlist(Map(function(new, old) {
    state <- layer_state(new)
    if (!layer_trainable(old)) return(identical(unname(state$weights), unname(layer_state(old)$weights)))
    vapply(which(!state$is_state), function(i) {
      rule <- slot_setting(old, state$slots[[i]]$name, "constraint")
      v <- state$weights[[i]]
      is.null(rule) || max(abs(rule(v) - v)) <= 1e-5 * max(abs(v), 1e-300)
    }, NA)
  }, layers, case$layers)))
}

dead_claim <- function(finding, says) {
  v <- finding$certificate$values
  stay <- says("incoming weights stay as they are")
  function(before, now) {
    # In the precision of the model, as fit() rounds the weights that it is given.
    into <- function(s) as_precision(unlist(unit_weights_into(s$case, v$layer, v$dead)), s$case$model)
    still <- !stay || identical(into(before), into(now)) || !all(is.finite(into(now)))
    low <- if (length(v$rows) && !is.null(v$floor) && stays_flat(before$flat, now$flat)) now$loss >= v$floor - now$rounding else TRUE
    still && isTRUE(low || !is.finite(now$loss))
  }
}

# Where no unit of a layer had a slope on a row, none has one, and they put out what they did.
stays_flat <- function(before, now) {
  all(unlist(Map(function(old, new) {
    rows <- which(old$rows)
    all(new$rows[rows]) && identical(new$values[rows, ], old$values[rows, ])
  }, before, now)))
}

flat_rows <- function(case) {
  nodes <- case$problem$network$nodes
  lapply(which(vapply(nodes, has_constant_piece, NA)), function(i) dead_rows(case$model, case$problem, i))
}

unit_weights_into <- function(case, layer, units) {
  d <- case$dense[[layer]]
  list(d$kernel[, units], d$bias[units])
}

# As many units differ as did; what grows of rounding is let pass.
twin_claim <- function(finding) {
  i <- finding$certificate$values$layer
  if (is.null(i)) return(NULL)
  function(before, now) {
    rows <- unit_weights(before$case, i)
    groups <- row_groups(signif(rows, 14))
    after <- unit_weights(now$case, i)
    first <- match(groups, groups)
    max(abs(after - after[first, , drop = FALSE])) <= 1e-4 * max(1, abs(after)) || !all(is.finite(after))
  }
}
