# Models with several outputs: a case of the whole, whose loss is a sum, and a view of it for each
# output that has a loss. A view is a case of the part of the model that leads to this output, so
# that all checks of one output can be made on it; what is about the optimizer, the units or the
# weights is asked of the whole.

# A list of cases by output. Their models are parts of one copy.
evidence_views <- function(case) {
  model <- case$model
  copy <- copied_model(model)
  trained <- model_state(model)$compiled$trained
  names <- output_names(model)[trained]
  views <- lapply(seq_along(trained), function(o) {
    part <- output_part(model, copy, o)
    view <- bare_case(output_history(case$history, names[o]), part$model, case$budget)
    view$level <- case$level
    view_data(view, case, o, part$reads)
  })
  stats::setNames(views, names)
}

# With weights as they are, whatever they are.
copied_model <- function(model) copy_weights(model, clone_model(model))

copy_weights <- function(model, copy) {
  from <- leaf_layers(model)
  to <- leaf_layers(copy)
  for (i in seq_along(from)) {
    assign("weights", layer_state(from[[i]])$weights, envir = layer_state(to[[i]]))
  }
  copy
}

# list(model, reads: the inputs that it has), compiled for output o alone.
output_part <- function(model, copy, o) {
  from <- model_state(model)
  check_reads_nothing(model, o)
  at <- from$compiled$trained[o]
  plan <- model_plan(copy)
  reads <- output_source(plan, plan$outputs[at])$reads
  part <- keras_model(one_or_list(copy$inputs[reads]), copy$outputs[[at]])
  compiled <- from$compiled
  mine <- vapply(compiled$metrics, function(m) isTRUE(m$output == o), NA)
  compiled$metrics <- lapply(compiled$metrics[mine],
    function(m) utils::modifyList(m, list(output = 1L)))
  compiled$metric_labels <- compiled$metric_labels[mine]
  compiled["loss_labels"] <- list(NULL)
  compiled$flags <- compiled_flags(part)
  compiled$trained <- 1L
  compiled$losses <- compiled$losses[o]
  compiled$loss_weights <- compiled$loss_weights[o]
  state <- model_state(part)
  state$precision <- from$precision
  state$compiled <- compiled
  state$last_fit <- from$last_fit
  if (!is.null(from$optimizer_state)) {
    state$optimizer_state <- utils::modifyList(from$optimizer_state,
      list(moments = numeric(), scalars = numeric()))
  }
  list(model = part, reads = reads)
}

# The tensors are those of the model, not of its parts.
check_reads_nothing <- function(model, o) {
  compiled <- model_state(model)$compiled
  if (!reads_some(tensors_read(model, compiled)[[o]])) return(invisible(model))
  stop_kestrel("state",
    sprintf("The loss of output \"%s\" reads tensors of the model, which has several outputs.",
    output_names(model)[compiled$trained[o]]), argument = "loss", call = NULL,
    hint = "diagnose() follows such a loss in a model of one output.")
}

# Of one output: its own loss in the place of the sum.
output_history <- function(history, name) {
  if (is.null(history)) return(NULL)
  metrics <- history$metrics
  own <- list(loss = metrics[[paste0(name, "_loss")]],
    val_loss = metrics[[paste0("val_", name, "_loss")]])
  history$metrics <- Filter(length, own)
  history
}

view_data <- function(view, case, o, reads) {
  if (is.null(case$raw)) return(view)
  y <- output_list(case$model, case$raw$y, "y", NULL)
  view$raw <- list(x = one_or_list(raw_inputs(case)[reads]), y = y[[o]])
  if (has_data(case)) {
    view$x <- one_or_list(x_list(case$x)[reads])
    view$y <- case$y[[o]]
    assign("weight", case$weight[[o]], envir = view)
    if (!is.null(case$validation)) {
      view$validation <- list(x = case$validation$x[reads], y = case$validation$y[o])
    }
  } else {
    take_data(view, view$raw$x, view$raw$y, NULL, NULL)
  }
  view
}

# What a case of several outputs knows otherwise than one of one (see evidence_name()).

sum_of_views <- function(case, name) {
  sum(vapply(case$views, function(view) as.double(case_value(view, name)), 0))
}

joint_evidence_loss <- function(case) sum_of_views(case, "loss")
joint_evidence_data_floor <- function(case) sum_of_views(case, "data_floor")
joint_evidence_constant_loss <- function(case) sum_of_views(case, "constant_loss")
joint_evidence_affine_loss <- function(case) sum_of_views(case, "affine_loss")
joint_evidence_linear_loss <- function(case) sum_of_views(case, "linear_loss")
joint_evidence_prediction <- function(case) {
  if (case$level == "quick") node_outputs(case, case$place) else case$outputs[case$place]
}
joint_evidence_place <- function(case) training_plan(case$model)$outputs + 1L

joint_evidence_criterion <- function(case) {
  names <- unique(vapply(case$compiled$losses, function(loss) loss$label %||% loss$record, ""))
  list(record = paste(names, collapse = " + "), config = list(), reduction = "sum_over_batch_size")
}

joint_evidence_problem <- function(case) {
  # Views do not know which weights they share: as if they shared some.
  parts <- lapply(case$views, function(view) {
    problem <- view$problem
    problem$network$weights <- 0L
    problem
  })
  list(parts = parts, notes = joint_notes(parts))
}

joint_evidence_best <- function(case) {
  joint_floor(lapply(case$views, function(view) view$best), case$problem$parts)
}

joint_evidence_ladder <- function(case) {
  rungs <- lapply(case$views, function(view) view$ladder$rungs)
  if (all(lengths(rungs) > 0)) new_ladder(joined_rungs(rungs, case$problem$parts), case$problem)
}

joint_evidence_targets <- function(case) NULL
joint_evidence_labels <- function(case) NULL
joint_evidence_units <- function(case) sum(vapply(trained_outputs(case$model), prod, 0))
joint_evidence_last <- function(case) "several"
joint_evidence_family <- function(case) NA_character_
joint_evidence_cell_floor <- function(case) NA_real_
joint_evidence_witness <- function(case) NULL

for (name in c("chain", "plain", "affine", "fused", "codes", "classifies")) {
  assign(paste0("joint_evidence_", name), function(case) FALSE)
}
rm(name)

# Checks of the whole; the others of each output; a few of neither.
checks_of_whole <- c("R1", "R5", "R7", "R8", "R9", "D2", "D3", "D4", "D6", "S5", "O0", "O3",
  "O4", "O5", "O6", "O7", "O8", "O9", "O10", "U1", "U2", "U4", "K1a", "K1b", "K2", "P1", "P2", "P3",
  "P4", "G1", "G2", "G3")

checks_of_neither <- c("O2", "D9", "R3", "R10")

is_of_outputs <- function(case, check) isTRUE(case$joint) && !check$id %in% checks_of_whole

# Adds what a check finds in the views. Ruled out is what is so for all of them.
check_views <- function(walk, case, check, level) {
  views <- if (!check$id %in% checks_of_neither) case$views
  fit <- Filter(function(view) can_check(view, check, level), views)
  if (!length(fit)) return(left_out(walk, case, check))
  each <- lapply(fit, function(view) make_check(empty_walk(), view, check))
  for (name in names(each)) {
    walk$findings <- c(walk$findings, lapply(each[[name]]$findings, of_output, name, case))
    walk$failed <- c(walk$failed, each[[name]]$failed)
  }
  found <- any(vapply(each, function(w) length(w$findings) + length(w$failed) > 0, NA))
  if (found) return(walk)
  part <- any(vapply(each, function(w) length(w$left_out) > 0, NA)) || length(fit) < length(views)
  if (part) left_out(walk, case, check) else add_id(walk, "ruled_out", check)
}

# Shares of the excess of one loss as shares of that of the sum.
of_output <- function(finding, name, case) {
  view <- case$views[[name]]
  finding$view <- view
  finding$why <- sprintf("Output \"%s\": %s", name, finding$why)
  if (!is.na(finding$explains)) finding$explains <- finding$explains * excess_share(case, view)
  finding
}

excess_share <- function(case, view) {
  if (!has_data(case) || !case$computable) return(1)
  whole <- case$loss - case$base
  if (!isTRUE(whole > 0)) return(0)
  share <- (view$loss - view$base) / whole
  if (is.finite(share)) min(max(share, 0), 1) else 1
}
