# Source files as data frames with a row for each line: file, line, text.

read_code <- function(files) do.call(rbind, lapply(files, function(file) {
  lines <- readLines(file, warn = FALSE)
  data.frame(file = rep(file, length(lines)), line = seq_along(lines), text = lines)
}))

# C without comments and strings (but with the names of headers), still line by line.
read_c <- function(files) do.call(rbind, lapply(files, function(file) {
  text <- paste(readLines(file), collapse = "\n")
  text <- gsub('#\\s*include[^\n]*(*SKIP)(*F)|"(\\\\.|[^"\\\\\n])*"', '""', text, perl = TRUE)
  found <- gregexpr("(?s)/\\*.*?\\*/|//[^\n]*", text, perl = TRUE)
  blank <- function(comment) gsub("[^\n]", "", comment)
  regmatches(text, found) <- lapply(regmatches(text, found), blank)
  lines <- strsplit(text, "\n", fixed = TRUE)[[1]]
  data.frame(file = rep(file, length(lines)), line = seq_along(lines), text = lines)
}))

exports_of <- function(namespace) {
  gsub('^export\\("?|"?\\)$', "", grep("^export\\(", readLines(namespace), value = TRUE))
}
