# b with the least |a b - y|^2, for a of many rows.

# list(coefficients, residuals, rank). By Cholesky where the columns of a are far from dependent,
# with a step that corrects what squaring a has lost; else by QR, coefficients that are not needed
# being 0.
least_squares <- function(a, y) {
  y <- as.matrix(y)
  gram <- crossprod(a)
  size <- sqrt(diag(gram))
  root <- tryCatch(chol(gram / outer(size, size)), error = function(e) NULL)
  if (!isTRUE(min(diag(root %||% matrix(0))) >= 1e-4)) return(least_squares_qr(a, y))
  inverse <- chol2inv(root) / outer(size, size)
  b <- inverse %*% crossprod(a, y)
  b <- b + inverse %*% crossprod(a, y - a %*% b)
  list(coefficients = b, residuals = y - a %*% b, rank = ncol(a))
}

# 1 and the columns of x, centred and scaled: those that depend on others but for rounding count as
# dependent, however large numbers are beside their differences.
line_design <- function(x) cbind(1, scaled_array(x))

least_squares_qr <- function(a, y) {
  fit <- qr(a, LAPACK = FALSE)
  b <- qr.coef(fit, y)
  b[is.na(b)] <- 0
  list(coefficients = b, residuals = qr.resid(fit, y), rank = fit$rank)
}
