test_that("products over named axes", {
  expect_operation(function(x) op_einsum("ij,jk->ik", x, t(q)), m, m %*% t(q))
  expect_operation(function(x) op_einsum("ij,kj", q, x), m, q %*% t(m))
  expect_operation(function(x) op_einsum("ij->ji", x), m, t(m))
  expect_operation(function(x) op_einsum("ijk->k", x), a3, apply(a3, 3, sum))
  expect_operation(function(x) op_einsum("ij,ij->", x, q), m, sum(m * q))
  expect_operation(function(x) op_einsum("ij,ij->j", x, q), m, colSums(m * q))
  expect_operation(function(x) op_einsum("i,j->ji", x, 1:2), 1:3 / 7, outer(1:2, 1:3 / 7))
  w <- array(cos(1:24), c(4, 3, 2))
  # Formula by formula, with loops.
  by_hand <- array(0, c(2, 3, 3))
  for (b in 1:2) for (i in 1:3) for (j in 1:3) by_hand[b, i, j] <- sum(a3[b, i, ] * w[, j, b])
  expect_operation(function(x) op_einsum("bid, djb -> bij", x, w), a3, by_hand)
  three <- matrix(0, 3, 4)
  for (i in 1:2) for (j in 1:3) for (k in 1:4) three[j, k] <- three[j, k] + a3[i, j, k] * m[i, j] * sum(q[i, ])
  expect_operation(function(x) op_einsum("ijk,ij,il->jk", a3, x, q), m, three)
})

# One number after the other: `inputs` and `output` are letters of the axes.
by_loops <- function(inputs, output, ...) {
  arrays <- lapply(list(...), as.array)
  size <- unlist(lapply(seq_along(arrays), function(k) setNames(dim(arrays[[k]]), inputs[[k]])))
  size <- vapply(split(unname(size), names(size)), max, 0L)
  y <- array(0, if (length(output)) unname(size[output]) else 1)
  places <- as.matrix(expand.grid(lapply(size, seq_len)))
  for (r in seq_len(nrow(places))) {
    terms <- Map(function(x, own) x[matrix(pmin(places[r, own], dim(x)), 1)], arrays, inputs)
    to <- matrix(if (length(output)) places[r, output] else 1, 1)
    y[to] <- y[to] + prod(unlist(terms))
  }
  if (length(output) > 1) y else as.vector(y)
}

expect_einsum <- function(subscripts, inputs, output, x, ...) {
  expected <- by_loops(strsplit(inputs, ""), strsplit(output, "")[[1]], x, ...)
  expect_operation(function(x) op_einsum(subscripts, x, ...), x, expected)
}

test_that("a letter that stands twice in an array is its diagonal", {
  square <- matrix(sin(1:9), 3)
  expect_einsum("ii->i", "ii", "i", square)
  expect_einsum("ii", "ii", "", square)
  expect_einsum("iij->ji", "iij", "ji", array(sin(1:18), c(3, 3, 2)))
  expect_einsum("iji,jj->i", c("iji", "jj"), "i", array(sin(1:18), c(3, 2, 3)), q[, 1:2])
  expect_einsum("iii", "iii", "", array(sin(1:8), c(2, 2, 2)))
})

test_that("an ellipsis stands for the other axes, and those of size 1 are repeated", {
  b3 <- array(cos(1:24), c(2, 4, 3))
  expect_einsum("...ij,...jk->...ik", c("aij", "ajk"), "aik", a3, b3)
  expect_einsum("...ij,jk->...ik", c("aij", "jk"), "aik", a3, matrix(sin(1:20), 4))
  expect_einsum("i...->...i", "iab", "abi", a3)
  expect_einsum("...j,...j", c("abj", "bj"), "ab", a3, matrix(sin(1:12), 3))
  expect_einsum("...,...->...", c("ab", "ab"), "ab", matrix(sin(1:3), 1), m)
  expect_einsum("b...,bj->bj...", c("bac", "bj"), "bjac", a3, q)
  expect_einsum("...ii->...", "abii", "ab", array(sin(1:24), c(3, 2, 2, 2)))
  expect_einsum("...i,...i", c("ai", "ai"), "a", matrix(sin(1:3), 1), matrix(cos(1:3), 1))
  expect_equal(op_einsum("...", m), m)
  expect_equal(op_einsum("i...,i", 1:3, 3:1), 10)
  expect_equal(op_einsum("ij,->ij", m, 2), 2 * m)
  expect_equal(op_einsum("...,...", m, 2), 2 * m)
})

test_that("einsum of symbolic tensors is a layer", {
  a <- layer_input(c(2, 3))
  b <- layer_input(c(3, 2))
  y <- op_einsum("bij,bjk->bik", a, b)
  expect_identical(dim(y), c(NA, 2L, 2L))
  x <- list(array(sin(1:12), c(2, 2, 3)), array(cos(1:12), c(2, 3, 2)))
  expect_equal(predict(keras_model(list(a, b), y), x), op_einsum("bij,bjk->bik", x[[1]], x[[2]]))
  w <- matrix(1:6 / 6, 3)
  expect_equal(predict(keras_model(a, op_einsum("...j,jk->...k", a, w)), x[[1]]),
    op_einsum("bij,jk->bik", x[[1]], w))
})

test_that("subscripts that do not fit are refused", {
  refused <- function(...) expect_error(op_einsum(...), class = "kestrel_error_shape")
  refused("ij,jk->ik", m)
  refused("ii->i", m)
  refused("ijk->i", m)
  refused("ij->k", m)
  refused("ij->ii", m)
  refused("i...->i", m)
  refused("i......->i...", m)
  refused("ijk...->ijk...", m)
  refused("i..->i", m)
  refused("ij,jk->ik", m, m)
  refused("...i,...i->...", m, array(0, c(3, 3)))
  expect_error(op_einsum("ij"), class = "kestrel_error_shape")
  expect_error(op_einsum(3, m), class = "kestrel_error_argument")
  expect_error(op_einsum("ij", "a"), class = "kestrel_error_argument")
  expect_error(op_einsum(), class = "kestrel_error_argument")
})
