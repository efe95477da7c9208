#' Settings of a script
#'
#' `flags()` gives a list of a script's settings with their defaults, as R keras hands it on from
#' the package 'tfruns'. A value in the file `flags.yml` takes the default's place, and one given to
#' the script, `Rscript train.R --units 64 --dropout=0.2`, stands above both.
#'
#' The file has lines such as `units: 64`; those under a line `default:` hold too, and those under
#' the line with the name of the configuration stand above them. Lines begin with blanks there.
#'
#' @param ... flags, made by `flag_*()`.
#' @param config name of the configuration in the file.
#' @param file path of the file, which need not be there.
#' @param arguments what the script was given.
#' @param name name of the flag; a `-` in what the script is given is a `_`.
#' @param default its value when nothing else is said.
#' @param description for the reader of the script.
#' @return `flags()` a named list of values; the others a flag.
#' @section Errors: `kestrel_error_argument` for defaults and given values of another type, and for
#'   what is no flag.
#' @source R package 'tfruns'.
#' @family settings
#' @examples
#' FLAGS <- flags(
#'   flag_integer("units", 128),
#'   flag_numeric("dropout", 0.4, "share of units that are dropped"),
#'   arguments = c("--units", "64")
#' )
#' FLAGS$units
#' @export
flags <- function(..., config = Sys.getenv("R_CONFIG_ACTIVE", "default"), file = "flags.yml",
                  arguments = commandArgs(TRUE)) {
  call <- environment()
  flags <- list(...)
  for (i in seq_along(flags)) {
    if (!inherits(flags[[i]], "kestrel_flag")) stop_argument(sprintf("..%d", i), "a flag_*()",
      flags[[i]])
  }
  config <- check_string(config)
  file <- check_string(file, null = TRUE)
  if (!is.character(arguments)) stop_argument("arguments", "a character vector", arguments)
  given <- c(given_arguments(arguments),
    if (!is.null(file) && file.exists(file)) file_values(readLines(file), config))
  values <- lapply(flags, function(flag) {
    text <- given[[flag$name]]
    if (is.null(text)) flag$default else flag_value(flag, text, call)
  })
  stats::setNames(values, vapply(flags, `[[`, "", "name"))
}

# By name, the last of an argument that is given twice.
given_arguments <- function(arguments) {
  at <- rev(grep("^--[^-]", arguments))
  parts <- regmatches(arguments[at], regexpr("=", arguments[at]), invert = TRUE)
  value <- Map(function(part, i) {
    if (length(part) == 2) return(part[2])
    if (i < length(arguments) && !grepl("^--[^-]", arguments[i + 1L])) arguments[i + 1L] else "TRUE"
  }, parts, at)
  names <- gsub("-", "_", sub("^--", "", vapply(parts, `[`, "", 1)), fixed = TRUE)
  stats::setNames(value, names)
}

# Those of the configuration first.
file_values <- function(lines, config) {
  lines <- sub("\\s*(^|\\s)#.*$", "", lines)
  lines <- lines[grepl("^\\s*[^:]+:", lines)]
  key <- trimws(sub(":.*$", "", lines))
  value <- gsub("^[\"']|[\"']$", "", trimws(sub("^[^:]*:", "", lines)))
  block <- ""
  of <- character(length(lines))
  for (i in seq_along(lines)) {
    if (!grepl("^\\s", lines[i])) block <- if (nzchar(value[i])) "" else key[i]
    of[i] <- block
  }
  kept <- lapply(unique(c(config, "default", "")), function(b) which(of == b & nzchar(value)))
  stats::setNames(as.list(value), key)[unlist(kept)]
}

flag_value <- function(flag, text, call) {
  value <- suppressWarnings(utils::type.convert(text, as.is = TRUE))
  if (flag$type == "string") value <- text
  if (flag$type == "boolean" && is_string(value)) value <- list(yes = TRUE,
    no = FALSE)[[tolower(value)]] %||% value
  check_flag_value(value, flag$type, flag$name, call)
}

check_flag_value <- function(x, type, arg, call) {
  if (!is.null(x) && length(x) == 1 && !is.object(x)) {
    if (is.na(x)) return(x)
    if (type == "numeric" && is.numeric(x)) return(as.double(x))
    if (type == "integer" && is.numeric(x) && x == trunc(x)) return(as.integer(x))
    if (type == "boolean" && (is.logical(x) || is.numeric(x) && x %in% 0:1)) return(as.logical(x))
    if (type == "string" && is.character(x)) return(x)
  } else if (is.null(x)) return(NULL)
  must <- c(numeric = "a number", integer = "a whole number", boolean = "TRUE or FALSE",
    string = "a string")
  stop_argument(arg, must[[type]], x, call = call)
}

new_flag <- function(type, name, default, description, call = caller_env()) {
  name <- check_name(name, null = FALSE, arg = "name", call = call)
  default <- check_flag_value(default, type, "default", call)
  structure(list(name = name, type = type, default = default, description = description),
    class = "kestrel_flag")
}

#' @rdname flags
#' @export
flag_numeric <- function(name, default, description = NULL) {
  check_present("name", "default")
  new_flag("numeric", name, default, description)
}

#' @rdname flags
#' @export
flag_integer <- function(name, default, description = NULL) {
  check_present("name", "default")
  new_flag("integer", name, default, description)
}

#' @rdname flags
#' @export
flag_boolean <- function(name, default, description = NULL) {
  check_present("name", "default")
  new_flag("boolean", name, default, description)
}

#' @rdname flags
#' @export
flag_string <- function(name, default, description = NULL) {
  check_present("name", "default")
  new_flag("string", name, default, description)
}
