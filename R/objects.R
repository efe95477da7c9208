# What constructors return (losses, metrics, initializers, regularizers, constraints,
# schedules): an S3-classed R function that can be called and carries its settings in the
# attribute `fields`. The function's environment is the package's namespace, so that
# saveRDS() stores nothing but the settings.

# `fun` finds its own settings with fields_of_self().
new_object <- function(fun, fields, class) {
  environment(fun) <- topenv()
  structure(fun, fields = fields, class = c(class, "kestrel_object"))
}

fields <- function(x) attr(x, "fields", exact = TRUE)

# Inside the function of an object: its settings.
fields_of_self <- function() fields(sys.function(-1))

#' @export
`$.kestrel_object` <- function(x, name) fields(x)[[name]]

#' @export
`[[.kestrel_object` <- function(x, i) fields(x)[[i]]

#' @export
names.kestrel_object <- function(x) names(fields(x))

#' @export
print.kestrel_object <- function(x, ...) {
  cat(format(x, ...), sep = "\n")
  invisible(x)
}

#' @export
format.kestrel_object <- function(x, ...) {
  settings <- Filter(function(v) is.atomic(v) && length(v) == 1, fields(x)[["config"]])
  text <- vapply(settings, function(v) format(v, digits = 7), "")
  sprintf("<%s %s(%s)>", class(x)[1], fields(x)[["name"]],
    paste(names(text), text, sep = " = ", collapse = ", "))
}
