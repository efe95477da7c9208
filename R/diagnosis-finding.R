# A finding: list(id, cause, confidence, severity, explains, why, numbers, remedy, fix,
# certificate).
#
# cause        about five words; why: one sentence; numbers: lines of evidence; remedy: one
# explains     share of the excess loss, 0 to 1; NA where it cannot be told
# certificate  NULL, or what verify_finding() checks (see certificate())
# fix          NULL, or what try_fix() does (see diagnosis-fix.R)
# symptom      0: a cause; 0.5: one that comes after all others; 1: something else is the cause

found <- function(cause, confidence, why, numbers = character(), remedy = NULL, explains = NA,
                  severity = "fault", certificate = NULL, fix = NULL, symptom = 0) {
  stopifnot(confidence %in% confidence_levels, severity %in% c("fault", "note"))
  if (confidence == "PROVEN") stopifnot(!is.null(certificate))
  list(cause = cause, confidence = confidence, severity = severity,
    explains = min(max(as.double(explains), 0), 1), why = why, numbers = numbers,
    remedy = remedy, fix = fix, certificate = certificate, symptom = symptom)
}

confidence_levels <- c("PROVEN", "STRONG", "LIKELY")

# A statement about x, y, prediction, loss and the like that anybody can check: an R expression
# that is TRUE (see diagnosis-verify.R for the names it may use), with numbers of its own.
# `kind`: floor, witness, zero gradient, unbounded, descent, stagnation, fact, unreachable.
certificate <- function(kind, claim, values = list()) {
  list(kind = kind, claim = claim, values = values)
}

# Faults before notes, causes before symptoms (what is seen where a cause is at work: training
# is not finished, the prediction is constant); then by the share explained, confidence, and
# upstream first. What is not proven and comes after a proof of all the excess is but a note.
rank_findings <- function(findings) {
  if (!length(findings)) return(findings)
  findings <- demote_explained(findings)
  note <- vapply(findings, `[[`, "", "severity") == "note"
  level <- match(vapply(findings, `[[`, "", "confidence"), confidence_levels)
  weight <- vapply(findings, rank_weight, 0)
  symptom <- pmax(vapply(findings, function(f) as.double(f$symptom %||% 0), 0), weight < 0.05)
  findings[order(note, symptom, -weight, level, seq_along(findings))]
}

# A share counts for less where it is not sure that this is the cause. Where no share can be
# told, a proof counts as all of it.
rank_weight <- function(finding) {
  if (is.na(finding$explains)) return(c(PROVEN = 1, STRONG = 0.6,
    LIKELY = 0.2)[[finding$confidence]])
  finding$explains * c(PROVEN = 1, STRONG = 0.9, LIKELY = 0.8)[[finding$confidence]]
}

demote_explained <- function(findings) {
  whole <- vapply(findings, function(f) {
    f$severity == "fault" && f$confidence == "PROVEN" && isTRUE(f$explains >= 0.99) &&
      !isTRUE(f$symptom > 0)
  }, NA)
  if (!any(whole)) return(findings)
  first <- which(whole)[1]
  lapply(seq_along(findings), function(i) {
    f <- findings[[i]]
    if (i > first && f$confidence != "PROVEN") f$severity <- "note"
    f
  })
}

# The share of the excess loss that lies between two rungs.
share_between <- function(case, low, high) {
  excess <- case$loss - case$base
  if (!isTRUE(excess > 0)) return(0)
  (min(high, case$loss) - max(low, case$base)) / excess
}

# 0.005675947; 1e-33.
digits <- function(x, n = 7) {
  vapply(as.double(x), function(v) {
    tiny <- is.finite(v) && v != 0 && abs(v) < 1e-4
    format(v, digits = n, scientific = if (tiny) TRUE else 4)
  }, "")
}

percent <- function(x) {
  if (x > 0 && x < 0.01) return("under 1 %")
  sprintf("%.0f %%", 100 * if (x < 0.9995) min(x, 0.99) else x)
}

# "1 row", "3 rows"
count_of <- function(n, what, many = paste0(what, "s")) {
  sprintf("%s %s", format(n, big.mark = ",", scientific = FALSE), if (n == 1) what else many)
}
