finding <- function(cause, confidence, ...) {
  proof <- if (confidence == "PROVEN") certificate("fact", quote(TRUE))
  c(list(id = "X"), found(cause, confidence, "why", ..., certificate = proof))
}

causes <- function(findings) vapply(rank_findings(findings), `[[`, "", "cause")

test_that("findings are ranked by share, faults first", {
  expect_identical(causes(list(
    finding("note", "PROVEN", explains = 1, severity = "note"), finding("small", "PROVEN", explains = 0.1),
    finding("large", "LIKELY", explains = 0.8), finding("untold", "STRONG")
  )), c("large", "untold", "small", "note"))
})

test_that("what comes after a proof of everything is a note", {
  ranked <- rank_findings(list(finding("first", "PROVEN", explains = 1), finding("second", "STRONG", explains = 0.9)))
  expect_identical(vapply(ranked, `[[`, "", "severity"), c("fault", "note"))
})

test_that("a proof needs a certificate", {
  expect_error(found("cause", "PROVEN", "why"))
  expect_error(found("cause", "SURE", "why"))
})

test_that("numbers are written short", {
  expect_identical(digits(c(0.005675946924, 1e-33, 12345678, 0)), c("0.005675947", "1e-33", "12345678", "0"))
  expect_identical(percent(c(1)), "100 %")
  expect_identical(percent(0.996), "99 %")
  expect_identical(percent(0.001), "under 1 %")
  expect_identical(count_of(1, "row"), "1 row")
  expect_identical(count_of(2000, "row"), "2,000 rows")
})
