# Cases that Keras computed: fixtures/golden-<group>.rds, written by tools/fixtures.R.

golden_cases <- function(group) {
  readRDS(test_path("fixtures", sprintf("golden-%s.rds", group)))
}

# Cases that do not hold, by id, with the reason.
golden_exceptions <- c(
  sparsemax = paste("Keras subtracts the sum of all partial sums where the definition has the",
    "last one: its rows do not sum to 1, most are 0. Here they are the nearest point of the",
    "simplex, as its documentation says.")
)

# A test for each case of the group, named by its id. `check(case)` holds the expectations.
test_golden <- function(group, check) {
  for (case in golden_cases(group)) {
    test_that(paste("golden", group, case$id), {
      if (case$id %in% names(golden_exceptions)) skip(golden_exceptions[[case$id]])
      check(case)
    })
  }
}

# Same shape, and each number within relative * |golden| + 1e-13; NaN and Inf at the same
# places. Single functions and layers: relative = 1e-12; whole training runs: 1e-9.
expect_golden <- function(actual, golden, case, what, relative = 1e-12) {
  where <- sprintf("%s: %s", case$id, what)
  if (!same_shape(actual, golden)) {
    return(fail(sprintf("%s is %s, Keras has %s.", where, shape_of(actual), shape_of(golden))))
  }
  off <- which(!agrees(as.double(actual), as.double(golden), relative))
  expect(!length(off), sprintf("%s[%d] is %.17g, Keras has %.17g (%d of %d differ).",
    where, off[1], actual[off[1]], golden[off[1]], length(off), length(golden)))
}

agrees <- function(a, b, relative) {
  exact <- a == b | is.nan(a) & is.nan(b)
  close <- abs(a - b) <= relative * abs(b) + 1e-13
  (exact | (is.finite(b) & close)) %in% TRUE
}

# 1-d arrays and vectors are the same.
dims_of <- function(x) if (is.null(dim(x))) length(x) else dim(x)

same_shape <- function(a, b) is.numeric(a) && identical(dims_of(a), dims_of(b))

shape_of <- function(x) {
  if (is.numeric(x)) paste0("[", paste(dims_of(x), collapse = ", "), "]") else class(x)[1]
}

# Lists of arrays: weights or their gradients.
expect_golden_list <- function(actual, golden, case, what, relative = 1e-12) {
  n <- length(golden)
  expect(length(actual) == n, sprintf("%s: %s are %d arrays, Keras has %d.", case$id, what,
    length(actual), n))
  for (i in seq_len(min(n, length(actual)))) {
    expect_golden(actual[[i]], golden[[i]], case, sprintf("%s[[%d]]", what, i), relative)
  }
}

# The package's function for a name of Keras: ("loss", "KLDivergence") is
# loss_kl_divergence(); names in snake case are taken as they are.
golden_function <- function(family, name) {
  known <- c(
    SGD = "sgd", RMSprop = "rmsprop", MaxNorm = "maxnorm", MinMaxNorm = "minmaxnorm",
    BinaryIoU = "binary_iou", FBetaScore = "fbeta_score", IoU = "iou", MeanIoU = "mean_iou",
    OneHotIoU = "one_hot_iou", NonNeg = "nonneg", UnitNorm = "unitnorm", OrthogonalRegularizer = "orthogonal"
  )
  name <- if (name %in% names(known)) known[[name]] else snake_case(name)
  getExportedValue("kestrel", paste0(family, "_", name))
}

snake_case <- function(x) {
  x <- gsub("([A-Z]+)([A-Z][a-z])", "\\1_\\2", x)
  tolower(gsub("([a-z0-9])([A-Z])", "\\1_\\2", x))
}

# The object that a case is about: its function called with its settings.
golden_object <- function(family, case, ...) {
  do.call(golden_function(family, case$fn), c(case$args, list(...)))
}
