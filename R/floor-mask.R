# Masks in floors: steps that are left out of a loss weigh nothing, where it is known which those
# are whatever the weights.

# NULL: none. 1 or 0 for each row of the loss; NA where that depends on weights or R functions.
loss_mask <- function(model, x, output) {
  place <- training_plan(model)$masks[output] %||% NA
  if (is.na(place)) return(NULL)
  plan <- model_plan(model)
  info <- network_info(plan)$nodes
  source <- output_source(plan, place)
  weighty <- vapply(source$nodes + 1L, function(i) length(info[[i]]$slots) > 0, NA)
  known <- !source$own && !any(weighty)
  if (known) to_columns(place_values(model, x, place, plan$precision)) else NA_real_
}

# Scales of a loss without a mask, where masked steps had the weight 0, become those with it: a
# mean is then one over v + 1e-7 of the v steps that count. Of an unknown mask their sum is a bound.
masked_scales <- function(s, problem, loss, t, reduction) {
  if (is.null(problem$mask) || reduction %in% c("sum", "none", "mean_with_sample_weight")) return(s)
  if (problem$blind) return(0 * s + max(problem$weight %||% 1) / length(s))
  ignore <- if (is_whole_loss(loss)) NULL else loss$config$ignore_class
  counts <- if (is.null(ignore)) rep(1, length(problem$mask)) else as.numeric(t != ignore)
  before <- sum(counts) + if (is.null(ignore)) 0 else 1e-7
  s * before / (sum(problem$mask * counts) + 1e-7)
}

# Targets of steps that do not count are of no matter, unless the loss looks at all of them.
masked_targets <- function(t, mask, loss) {
  looks <- is_whole_loss(loss) || loss$record %in% c("hinge", "squared_hinge")
  if (is.null(mask) || looks || !isTRUE(any(mask > 0))) return(t)
  t[mask == 0, ] <- rep(t[which(mask > 0)[1], ], each = sum(mask == 0))
  t
}

# Whether nothing is known to count.
is_bare <- function(problem) problem$blind || !any(problem$s != 0)

mask_notes <- function(problem) {
  mask <- problem$mask
  if (is.null(mask)) return(NULL)
  if (problem$blind) {
    return("Masks that are not known leave steps out of this loss: only its least value is.")
  }
  sprintf("Masks leave %d of %d steps out of this loss.", sum(mask == 0), length(mask))
}

# The plan in which an input that a masking layer alone reads stands for what comes out of it:
# steps that are zeroed are so in the input. `seen`: the places of such outputs, by input (0: none).
plan_past_masks <- function(plan, place) {
  plan$seen <- integer(length(plan$inputs))
  for (i in source_nodes(plan, place)) {
    j <- masked_input(plan, place, i)
    if (!j || i == place) next
    plan$nodes <- lapply(plan$nodes, function(node) {
      node$inputs[node$inputs == i] <- -j
      node
    })
    plan$seen[j] <- i
  }
  plan
}

# The input that node i multiplies by its mask, where nothing else reads either; 0: none.
masked_input <- function(plan, place, i) {
  node <- plan$nodes[[i + 1L]]
  from <- node$inputs
  if (node$layer$name != "multiply" || length(from) != 2 || from[1] >= 0 || from[2] < 0) return(0L)
  mask <- plan$nodes[[from[2] + 1L]]
  if (mask$layer$name != "mask" ||
    !identical(as.integer(mask$inputs), as.integer(from[1]))) return(0L)
  sources <- source_nodes(plan, place)
  readers <- function(x) Filter(function(s) x %in% plan$nodes[[s + 1L]]$inputs, sources)
  alone <- all(readers(from[1]) %in% c(i, from[2])) && identical(readers(from[2]), i)
  if (alone) -as.integer(from[1]) else 0L
}
