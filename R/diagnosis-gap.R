# How far the loss is above a proven floor, in words that are true of that distance.

# What rounding alone makes of a loss at its floor: for squares of differences of about eps |y|,
# for others a few digits of the loss of the best constant.
evidence_rounding <- function(case) {
  size <- if (is_squared(case) && !case$joint) {
    1e-26 * score_prediction(case, 0 * case$prediction)
  } else {
    1e-14 * abs(constant_or_base(case))
  }
  if (is.finite(size)) size else 0
}

# "at": a gap of a millionth of the loss, or of rounding, that nobody could gain by; "near": of 1 %.
gap_kind <- function(case, floor) {
  gap <- case$loss - floor
  if (!is.finite(gap)) return("far")
  if (gap <= gap_within(case, 1e-6)) return("at")
  if (gap <= gap_within(case, 1e-2)) "near" else "far"
}

gap_within <- function(case, share) share * abs(case$loss) + case$rounding

# "0.025 %" of the loss, rounded up.
gap_share <- function(case, floor) {
  share <- 100 * (case$loss - floor) / abs(case$loss)
  unit <- 10^(floor(log10(share)) - 1)
  sprintf("%s %%", digits(ceiling(share / unit) * unit, 2))
}
