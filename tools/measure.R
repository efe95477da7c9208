# Figures of the code against the targets that it is held to. Fails when one is missed.
source("tools/read-code.R")

c_files <- list.files("src", "[.](c|h|inc)$", recursive = TRUE, full.names = TRUE)
r_files <- list.files("R", "[.]R$", full.names = TRUE)
in_engine <- function(files) startsWith(files, "src/engine/")
count <- function(code, pattern) {
  sum(lengths(regmatches(code$text, gregexpr(pattern, code$text, perl = TRUE))))
}
p90 <- function(x) unname(quantile(x, 0.9, type = 1))

# Directives with the lines that they go on in are no code of functions.
without_directives <- function(text) {
  goes_on <- grepl("\\\\$", text)
  directive <- grepl("^\\s*#", text)
  for (i in which(goes_on)) directive[i + 1] <- directive[i + 1] || directive[i]
  ifelse(directive, "", text)
}

# Functions of one file of C: lines between the braces, and parameters.
c_functions <- function(code) {
  code$text <- without_directives(code$text)
  depth <- cumsum(nchar(gsub("[^{]", "", code$text)) - nchar(gsub("[^}]", "", code$text)))
  before <- c(0, head(depth, -1))
  starts <- which(before == 0 & grepl("\\)\\s*\\{", code$text) & !grepl("=|^\\s*#|^\\}", code$text))
  ends <- vapply(starts, function(i) i - 1L + match(TRUE, depth[i:length(depth)] == 0), 1L)
  heads <- vapply(starts, function(i) {
    first <- max(which(grepl("^\\w", code$text[seq_len(i)])))
    paste(code$text[first:i], collapse = " ")
  }, "")
  data.frame(name = sub("^[^(]*?(\\w+)\\(.*", "\\1", heads, perl = TRUE), file = code$file[starts],
             lines = pmax(ends - starts - 1L, 1L), parameters = vapply(heads, parameters_in, 1L))
}

# Commas outside of inner parentheses, which function pointers have.
parameters_in <- function(head) {
  list <- sub("\\)\\s*\\{.*$", "", sub("^[^(]*\\(", "", head))
  while (grepl("\\([^()]*\\)", list)) list <- gsub("\\([^()]*\\)", "", list)
  if (trimws(list) %in% c("", "void")) 0L else lengths(strsplit(list, ",", fixed = TRUE))
}

# name <- function(...) at the top level: name, file and lines.
r_functions <- function(file) {
  code <- parse(file, keep.source = TRUE)
  is_function <- vapply(code, function(e) {
    is.call(e) && identical(e[[1]], quote(`<-`)) && is.call(e[[3]]) &&
      identical(e[[3]][[1]], quote(`function`))
  }, NA)
  at <- vapply(attr(code, "srcref"), function(s) as.integer(s)[c(1, 3)], c(0L, 0L))
  data.frame(name = vapply(code[is_function], function(e) as.character(e[[2]]), ""),
             file = rep(file, sum(is_function)), lines = (at[2, ] - at[1, ] + 1L)[is_function])
}

# Places where six lines in a row stand somewhere before; rows of tables and ends of blocks
# do not make one.
repeated_runs <- function(code) {
  table_row <- "^\\s*(\\{?\"|\\.\\w+ =|#\\s*include)"
  code <- code[grepl("\\w", code$text) & !grepl(table_row, code$text), ]
  n <- nrow(code) - 5L
  run <- vapply(seq_len(n), function(i) paste(trimws(code$text[i + 0:5]), collapse = "\n"), "")
  whole <- code$file[seq_len(n)] == code$file[seq_len(n) + 5L]
  again <- which(duplicated(run) & whole)
  sprintf("%s:%d", code$file[again], code$line[again])
}

comment_share <- function(files) {
  full <- read_code(files)
  bare <- read_c(files)
  filled <- nzchar(trimws(full$text))
  sum(filled & !nzchar(trimws(bare$text))) / sum(filled)
}

code <- read_c(c_files)
c_all <- do.call(rbind, lapply(split(code, code$file), c_functions))
r_all <- do.call(rbind, lapply(r_files, r_functions))
exported <- exports_of("NAMESPACE")
per_file <- table(r_all$file[r_all$name %in% exported])
# A family has one help page, and may be larger than a mixture of things.
sources <- unlist(lapply(list.files("man", "[.]Rd$", full.names = TRUE), function(page) {
  head <- grep("^%", readLines(page), value = TRUE)
  unique(unlist(regmatches(head, gregexpr("R/[\\w-]+[.]R", head, perl = TRUE))))
}))
mixed <- per_file[names(per_file) %in% sources[duplicated(sources)]]
c_lines <- table(code$file)
r_header <- "#\\s*include\\s*[<\"](R|Rinternals|Rmath|R_ext/.*)\\.h"
r_headers <- unique(code$file[grepl(r_header, code$text)])
runs <- repeated_runs(code[in_engine(code$file), ])

figures <- list()
figure <- function(what, value, least, most) {
  figures[[what]] <<- data.frame(what = what, value = round(value, 2), least = least, most = most)
}
figure("C function lines, median", median(c_all$lines), 0, 12)
figure("C functions over 60 lines", sum(c_all$lines > 60), 0, 0)
figure("C file lines, median", median(c_lines), 0, 120)
figure("C file lines, most", max(c_lines), 0, 400)
figure("C parameters, p90", p90(c_all$parameters[!grepl("^gemm_", c_all$name)]), 0, 5)
figure("files that include an R header", length(r_headers), 0, 9)
figure("of these in the engine", sum(in_engine(r_headers)), 0, 0)
figure("PROTECT", count(code, "\\bPROTECT\\s*\\("), 0, 30)
owned <- "\\b((m|c|re)alloc|R_RegisterCFinalizer\\w*)\\s*\\("
figure("malloc and finalizers", count(code, owned), 0, 0)
figure("comment lines in the engine, %", 100 * comment_share(c_files[in_engine(c_files)]), 8, 15)
figure("repeated runs of six lines in the engine", length(runs), 0, 0)
figure("R function lines, median", median(r_all$lines), 0, 12)
figure("R function lines, p90", p90(r_all$lines), 0, 30)
figure("exports of one family in a file, most", max(per_file), 0, Inf)
figure("exports of several families in a file, most", max(mixed, 0), 0, 8)

figures <- do.call(rbind, figures)
figures$missed <- ifelse(figures$value < figures$least | figures$value > figures$most, "missed", "")
print(figures, row.names = FALSE, right = FALSE)
cat(sprintf("%d C files, %d functions; %d R files, %d functions, %d exports\n",
            length(c_files), nrow(c_all), length(r_files), nrow(r_all), length(exported)))
if (length(runs)) writeLines(runs)
quit(status = any(figures$missed != ""))
