# Numbers as Python writes them, for messages, logs and file names that scripts read back.

# The shortest text that reads back as the same number: 0.1, 1e-05, 3.0, nan, inf.
number_text <- function(x) {
  x <- as.double(x)
  text <- digits_text(x, 15L)
  for (digits in 16:17) {
    redo <- is.finite(x) & suppressWarnings(as.double(text)) != x
    text[redo] <- digits_text(x[redo], digits)
  }
  whole <- grepl("^-?[0-9]+$", text)
  text[whole] <- paste0(text[whole], ".0")
  python_nonfinite(x, text)
}

# Python writes an exponent from 1e16 on, C from the number of digits on.
digits_text <- function(x, digits) {
  text <- sprintf("%.*g", digits, x)
  long <- is.finite(x) & abs(x) >= 1e15 & abs(x) < 1e16
  text[long] <- sprintf("%.*g", max(digits, 16L), x[long])
  large <- is.finite(x) & abs(x) >= 1e16
  text[large] <- sub("\\.?0*e", "e", sprintf("%.*e", digits - 1L, x[large]))
  text
}

python_nonfinite <- function(x, text) {
  text[is.nan(x)] <- "nan"
  infinite <- is.infinite(x)
  text[infinite] <- ifelse(x[infinite] > 0, "inf", "-inf")
  text
}

# "model-{epoch:02d}-{val_loss:.2f}.rds" with the values of a named list; `{{` and `}}` are
# braces. `stop_field(name)` is called for a name without a value.
fill_template <- function(template, values, stop_field) {
  text <- gsub("}}", "\002", gsub("{{", "\001", template, fixed = TRUE), fixed = TRUE)
  places <- gregexpr("\\{[^{}]*\\}", text)
  regmatches(text, places) <- list(vapply(regmatches(text, places)[[1]], function(field) {
    parts <- regmatches(field, regexec("^\\{([^:{}]*):?([^{}]*)\\}$", field))[[1]]
    value <- values[[parts[2]]]
    text <- if (!is.null(value)) format_field(value, parts[3])
    text %||% stop_field(parts[2])
  }, ""))
  gsub("\002", "}", gsub("\001", "{", text, fixed = TRUE), fixed = TRUE)
}

# Python's format specification, as far as C has it too: sign, zero, width, precision, type.
# NULL for anything else.
format_field <- function(value, spec) {
  if (!nzchar(spec)) {
    return(if (is.integer(value)) sprintf("%d", value) else number_text(value))
  }
  parts <- regmatches(spec, regexec("^([+ ]?0?[0-9]*)(\\.[0-9]+)?([dfFeEgG%]?)$", spec))[[1]]
  if (!length(parts)) return(NULL)
  type <- parts[4]
  if (type == "%") return(paste0(sprintf(paste0("%", parts[2], parts[3], "f"), 100 * value), "%"))
  if (type == "") type <- if (is.integer(value) && !nzchar(parts[3])) "d" else "g"
  if (type == "d" && value != trunc(value)) return(NULL)
  value <- if (type == "d") as.integer(value) else as.double(value)
  sprintf(paste0("%", parts[2], parts[3], tolower(type)), value)
}
