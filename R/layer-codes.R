# Layers that take codes look at the data before the engine does.

# How many codes a layer knows, named by the setting that says so; NULL for layers that take
# numbers.
code_limit <- function(layer) UseMethod("code_limit")

#' @export
code_limit.default <- function(layer) NULL

# Throws where data that go straight into the layer are no codes of its.
check_layer_codes <- function(layer, x, arg, call) {
  limit <- code_limit(layer)
  if (is.null(limit)) invisible(x) else check_codes_of_layer(x, limit[[1]], names(limit), arg, call)
}

# Missing numbers are another check's.
check_codes_of_layer <- function(x, limit, setting, arg, call) {
  good <- x >= 0 & x < limit & x == trunc(x)
  at <- which(!good)[1]
  if (is.na(at)) return(invisible(x))
  position <- if (is.null(dim(x))) at else arrayInd(at, dim(x))
  stop_kestrel("data", sprintf(
    "`%s` must hold codes, whole numbers from 0 to %d (`%s` - 1), not %s (%s).", arg,
    limit - 1L, setting, format(x[at], digits = 15), position_text(position)
  ), hint = if (max(x, na.rm = TRUE) == limit) "Codes count from 0: subtract 1.",
    argument = arg, value = x[at], where = as.vector(position), call = call)
}
