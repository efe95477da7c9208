# K: what kind of point the weights are: the bottom, a saddle, a plateau, or on the way.

point_checks <- function() {
  list(
    new_check("K1a", "at the global minimum", "floor", find_bottom),
    new_check("K1b", "stuck in a local minimum or on a saddle", "curvature", find_stuck),
    new_check("K2", "plateau", "curvature", find_plateau)
  )
}

# At a floor that is above 0, or within 1 % of it, so that no more training helps. Without a fault
# that says why the floor is there, it is all there is to know.
find_bottom <- function(case) {
  floor <- as.double(case$floor)
  natural <- lowest_value(case)
  top <- constant_or_base(case)
  if (!is.finite(floor) || floor - natural <= 1e-9 * max(abs(top), 1e-300)) return(NULL)
  kind <- gap_kind(case, floor)
  if (kind == "far") return(NULL)
  found(
    if (kind == "at") "The global minimum is reached" else "Close to the global minimum", "PROVEN",
    bottom_sentence(case, kind, floor),
    sprintf("Floor %s, loss %s, gap %s", digits(floor), digits(case$loss),
      digits(max(case$loss - floor, 0), 1)),
    severity = "note", explains = 1,
    certificate = certificate("floor", quote(loss - floor <= gap && floor_holds(proof)), list(
      floor = floor, proof = attr(case$floor, "certificate"),
      gap = gap_within(case, if (kind == "at") 1e-6 else 1e-2)))
  )
}

bottom_sentence <- function(case, kind, floor) {
  if (kind == "at") {
    return(paste("The loss is at its proven floor: no optimizer, learning rate or number of",
      "epochs can lower it."))
  }
  sprintf(paste("The loss is within %s of its proven floor: no optimizer, learning rate or number",
    "of epochs can gain more than that."), gap_share(case, floor))
}

# ||gradient|| ||weights|| / loss: free of units.
evidence_slope_now <- function(case) {
  sqrt(sum(case$gradient^2)) * max(sqrt(sum(case$weights^2)), 1) / max(abs(case$loss), 1e-300)
}

# Where the weights are large the slope says little: what counts is how far training gets from here.
find_stuck <- function(case) {
  if (!length(case$weights) || !is_above_floor(case)) return(NULL)
  still <- isTRUE(case$slope_now <= 1e-5)
  if (!still && !is_at_rest(case)) return(NULL)
  escape <- if (still) case$escape
  if (!is.null(escape)) return(saddle_found(case, escape))
  if (isTRUE(is_cell_minimum(case))) return(cell_minimum_found(case))
  if (is.null(case$elsewhere)) return(if (still) stationary_found(case) else not_told)
  if (is.finite(case$elsewhere$there)) elsewhere_found(case, case$elsewhere)
}

is_above_floor <- function(case) {
  is.finite(case$loss) &&
    isTRUE(case$loss - max(as.double(case$floor), case$base) > 1e-3 * constant_or_base(case))
}

is_at_rest <- function(case) is_trained(case) && isTRUE(abs(late_fall(case$series)) < 0.01)

# Other weights are the proof that this is not the global minimum.
elsewhere_found <- function(case, other) {
  share <- share_between(case, other$there, case$loss)
  far <- other$there < 0.5 * case$loss ||
    (share >= 0.2 && case$rows * case$units > length(case$weights))
  found(
    "Stuck above the global minimum", "PROVEN",
    "Training hardly gets further from here, though other weights of this network have a lower loss.",
    c(sprintf("After %s of %s from here: %s (now %s)", count_of(other$steps, "step"), other$by,
      digits(other$here),
      digits(case$loss)),
      sprintf("%d of %s came to less than nine tenths of that, the best to %s",
        as.integer(other$lower), count_of(other$starts, "other start"),
        digits(other$there))),
    "fit(restarts = 10), fresh initial weights, or more units.", explains = share,
    severity = if (far) "fault" else "note",
    certificate = certificate("witness", quote(loss_at(better) < 0.95 * loss),
      list(better = other$weights)),
    fix = list(what = "reinitialize")
  )
}

stationary_found <- function(case) {
  if (!isTRUE(case$witness$honest < 0.5 * case$loss)) return(not_told)
  found(
    "A stationary point above what can be reached", "STRONG",
    paste("The gradient is zero and no direction goes down to second order: a local",
      "minimum, or a flat place."),
    c(sprintf("Smallest and largest eigenvalue of the Hessian: %s, %s",
      digits(case$spectrum$values[1], 2),
      digits(max(case$spectrum$values), 3)),
      sprintf("Other weights reach %s (now %s).", digits(case$witness$loss), digits(case$loss))),
    "fresh initial weights, more units, or batches for noise.",
    explains = share_between(case, case$witness$loss, case$loss), fix = list(what = "reinitialize")
  )
}

saddle_found <- function(case, escape) {
  found(
    "Stuck on a saddle", "PROVEN",
    "The gradient is zero, but there is a direction along which the loss falls: no minimum.",
    c(sprintf("Curvature along it: %s; a step of %s lowers the loss to %s (now %s).",
      digits(escape$curvature, 3),
      digits(escape$step, 2), digits(escape$loss), digits(case$loss))),
    "fresh initial weights, or a small random change of these.",
    explains = share_between(case, linear_or_base(case), case$loss),
    certificate = certificate("descent", quote(loss_at(beyond) < loss),
      list(beyond = escape$packed)),
    fix = list(what = "reinitialize")
  )
}

# Where rows are collapsed and none of their units is at its kink, the cell's floor is a local
# minimum.
is_cell_minimum <- function(case) {
  cell <- case$cell_floor
  isTRUE(abs(case$loss - cell) <= 1e-6 * abs(case$loss)) && isTRUE(case$cell$certificate$open) &&
    isTRUE(case$witness$loss < 0.99 * case$loss)
}

cell_minimum_found <- function(case) {
  kink <- min(vapply(case$hidden, function(d) min(abs(unit_sums(case, d))), 0))
  found(
    "A spurious local minimum", "PROVEN",
    "With these units off the loss is at its lowest; other weights do better, but not nearby.",
    c(sprintf("Lowest loss while the same units are on and off: %s", digits(case$cell_floor)),
      sprintf("Other weights of this network reach %s; the nearest kink is at |z| = %s.",
        digits(case$witness$loss), digits(kink, 2))),
    "fresh initial weights, more units, or activation = \"leaky_relu\".",
    explains = share_between(case, max(case$witness$loss, case$base), case$loss),
    certificate = certificate("witness", quote(
      loss_at(better) < loss && cell_holds(groups, floor) && abs(floor - loss) <= 1e-6 * abs(loss)
    ), list(better = case$witness$weights, groups = case$cell$certificate$group,
    floor = case$cell_floor)),
    fix = list(what = "reinitialize")
  )
}

find_plateau <- function(case) {
  loss <- case$series
  if (length(loss) < 50 || !all(is.finite(loss))) return(NULL)
  if (!does_badly(case) && !isTRUE(case$loss > 0.9 * case$constant_loss)) return(NULL)
  n <- length(loss)
  before <- loss[max(1, n - max(20, floor(0.2 * n)))]
  flat <- abs(before - loss[n]) < 1e-3 * abs(before)
  if (!flat || case$slope_now > 0.1 || case$slope_now <= 1e-5) return(NULL)
  found(
    "A plateau", "LIKELY", "The loss hardly moves, though the point is no minimum.",
    sprintf("Relative slope ||gradient|| ||weights|| / loss: %s", digits(case$slope_now, 2)),
    "another initializer or activation, scaled inputs, a higher learning rate.",
    fix = list(what = "reinitialize"), symptom = 1
  )
}
