test_that("a diagnosis is a data frame of findings", {
  d <- diagnosed(faulty$S1)
  expect_s3_class(d, "data.frame")
  plain <- as.data.frame(d)
  expect_identical(class(plain), "data.frame")
  expect_identical(names(plain), c("id", "cause", "confidence", "severity", "explains", "evidence", "remedy", "verified"))
  expect_null(attr(plain, "case"))
})

test_that("rows keep what belongs to them", {
  d <- diagnosed(faulty$D4)
  expect_gt(nrow(d), 1)
  one <- d[nrow(d), ]
  expect_s3_class(one, "nn_diagnosis")
  expect_identical(attr(one, "findings")[[1]]$id, one$id)
  expect_identical(d[["id"]], d$id)
  expect_identical(d[1, "id"], d$id[1])
  expect_identical(nrow(d[d$severity == "none", ]), 0L)
  expect_output(print(d[0, ]), "Diagnosis")
})

test_that("faults of enough confidence are problems", {
  d <- diagnosed(faulty$S1)
  expect_true(has_problem(d, "proven"))
  expect_false(has_problem(diagnosed(faulty$R7), "strong"))
})

test_that("the summary tells each check's outcome", {
  s <- summary(diagnosed(faulty$S1))
  expect_identical(s$outcome[s$id == "S1"], "PROVEN")
  expect_identical(s$outcome[s$id == "L2"], "ruled out")
  s <- summary(diagnosed(faulty$S1, checks = "S1"))
  expect_identical(s$outcome[s$id == "L2"], "not asked for")
})

test_that("it survives saveRDS()", {
  d <- diagnosed(faulty$S1)
  file <- withr::local_tempfile()
  saveRDS(d, file)
  again <- readRDS(file)
  expect_identical(format(again), format(d))
  expect_true(as.logical(verify_finding(again, "S1")))
})

test_that("the summary of a linear model does not rule its minimum out", {
  d <- diagnosed(faulty$S1)
  outcome <- summary(d)
  expect_identical(outcome$outcome[outcome$id == "K1a"], "PROVEN")
})
