# The operations' names of R keras 2.x and of keras3.

operations <- function(prefix) sub(prefix, "", grep(paste0("^", prefix), getNamespaceExports("kestrel"), value = TRUE))

test_that("names of both generations give the same numbers", {
  both <- intersect(operations("k_"), operations("op_"))
  one_array <- Filter(function(name) {
    takes <- lapply(paste0(c("k_", "op_"), name), function(f) needed_arguments(getExportedValue("kestrel", f)))
    all(vapply(takes, identical, NA, "x"))
  }, both)
  places <- c("argmax", "argmin")
  own_defaults <- c("cumsum", "cumprod", "transpose", "stack", "shape", "hard_sigmoid")
  expect_gt(length(setdiff(one_array, c(places, own_defaults))), 30)
  for (name in setdiff(one_array, c(places, own_defaults))) {
    old <- getExportedValue("kestrel", paste0("k_", name))
    new <- getExportedValue("kestrel", paste0("op_", name))
    expect_identical(new(p), old(p), label = name)
  }
  for (name in places) {
    expect_equal(as.vector(getExportedValue("kestrel", paste0("op_", name))(p, axis = -1)),
      as.vector(getExportedValue("kestrel", paste0("k_", name))(p)) + 1, label = name)
  }
})

test_that("every operation takes traced values, or says what it wants", {
  for (name in operations("k_")) {
    f <- getExportedValue("kestrel", paste0("k_", name))
    if (!"x" %in% names(formals(f))) next
    answer <- tryCatch(f(trace_value(p, new_tape())), error = identity)
    expect(!inherits(answer, "error") || inherits(answer, "kestrel_error"), name)
  }
})
