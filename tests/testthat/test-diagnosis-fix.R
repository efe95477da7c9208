# Remedies that are tried here, with the share of the excess loss that must be gone.
mended <- c(D6 = 0.9, L1 = 0.9, S1 = 0.9, S2 = 0.9, S5 = 0.9, O4 = 0.9, O10 = 0.9, U1 = 0.9, P1 = 0.9, P2 = 0.9, D7 = 0.9,
  R3 = 0.9, O8 = 0.9, U2 = 0.9)

test_that("remedies mend what was found, on a copy", {
  skip_if_not_installed("withr")
  for (id in names(mended)) {
    d <- diagnosed(faulty[[id]], checks = id)
    model <- attr(d, "case")$model
    before <- get_weights(model)
    trial <- try_fix(d, id, seconds = 0.3)
    expect_gt(trial$closed, mended[[id]], label = paste("share closed by the remedy of", id))
    expect_identical(get_weights(model), before)
  }
})

test_that("every remedy that a finding names can be applied", {
  skip_if_not_installed("withr")
  done <- character()
  for (id in setdiff(names(faulty), names(mended))) {
    d <- diagnosed(faulty[[id]], checks = id, level = "quick")
    fix <- if (id %in% d$id) attr(d, "findings")[[match(id, d$id)]]$fix
    if (is.null(fix) || fix$what %in% done) next
    done <- c(done, fix$what)
    trial <- try_fix(d, id, seconds = 0.02)
    expect_true(is.finite(trial$loss), label = paste("loss after", fix$what))
  }
  expect_gt(length(done), 8)
})

test_that("the trial's losses are those of the two models", {
  skip_if_not_installed("withr")
  d <- diagnosed(faulty$S1, checks = "S1")
  trial <- try_fix(d, 1, seconds = 0.1)
  expect_equal(trial$before, evaluate(attr(d, "case")$model, plane$x, plane$curved, verbose = 0)[["loss"]])
  expect_equal(trial$after, mean((predict(trial$model, plane$x) - plane$curved)^2))
  expect_match(format(trial), "->", all = FALSE)
})

test_that("the first remedy was tried where it is quick", {
  skip_if_not_installed("withr")
  expect_match(format(diagnosed(faulty$S1)), "Checked: a copy", all = FALSE)
  expect_no_match(format(diagnosed(faulty$S1, level = "quick")), "Checked: a copy")
})

test_that("there must be a remedy", {
  skip_if_not_installed("withr")
  d <- diagnosed(faulty$R7)
  expect_refused(try_fix(d, "R7"), "argument", "i")
  expect_refused(try_fix(d, 99), "argument", "i")
  expect_refused(try_fix(1, 1), "argument", "d")
  expect_refused(try_fix(diagnosed(faulty$S1), 1, seconds = 0), "argument", "seconds")
})
