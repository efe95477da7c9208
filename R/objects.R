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
  cat(wrap_settings(format(x, ...)), sep = "\n")
  invisible(x)
}

#' @export
format.kestrel_object <- function(x, ...) {
  sprintf("<%s %s>", class(x)[1], settings_text(fields(x)[["name"]], fields(x)[["config"]]))
}

# "name(a = 1, b = c(2, 3))"
settings_text <- function(name, settings) {
  shown <- Filter(function(v) is.atomic(v) && length(v) && is.null(dim(v)), settings)
  text <- vapply(shown, setting_text, "")
  sprintf("%s(%s)", name, paste(names(text), text, sep = " = ", collapse = ", "))
}

# The first of many numbers.
setting_text <- function(v) {
  text <- vapply(utils::head(v, 8), format, "", digits = 7)
  if (length(v) > 8) text <- c(text, "...")
  if (length(v) == 1) text else sprintf("c(%s)", toString(text))
}

# Lines of the console's width, broken between settings only.
wrap_settings <- function(text) {
  pattern <- "(c\\([^()]*\\)|[^,])+(,|$)"
  pieces <- regmatches(text, gregexpr(pattern, text, perl = TRUE))[[1]]
  Reduce(join_piece, pieces[-1], pieces[1])
}

join_piece <- function(lines, piece) {
  last <- length(lines)
  joined <- paste0(lines[last], piece)
  if (nchar(joined, "width") > getOption("width") - 2) return(c(lines, paste0(" ", piece)))
  c(lines[-last], joined)
}
