# Rules about what may stand where. Each gives the places that break it; none may.
source("tools/read-code.R")
source("tools/read-golden.R")

places <- function(code, pattern) {
  hit <- grepl(pattern, code$text, perl = TRUE)
  sprintf("%s:%d: %s", code$file[hit], code$line[hit], trimws(code$text[hit]))
}

engine <- read_c(list.files("src/engine", full.names = TRUE, pattern = "[.](c|h|inc)$"))
glue <- read_c(list.files("src", full.names = TRUE, pattern = "[.][ch]$"))
r_files <- list.files("R", full.names = TRUE, pattern = "[.]R$")
r_code <- read_code(r_files)
r_code <- r_code[!grepl("^\\s*#", r_code$text), ]
exports <- exports_of("NAMESPACE")

# What the shared library shows to the linker; an error when there is no installed package.
visible_symbols <- function() {
  library <- list.files(system.file("libs", package = "kestrel"), "^kestrel[.](so|dll)$",
                        full.names = TRUE, recursive = TRUE)
  if (!length(library)) return("the package is not installed")
  symbols <- system2("nm", c("-g", "--defined-only", shQuote(library[1])), stdout = TRUE)
  setdiff(sub("^_", "", sub(".* ", "", symbols)), "R_init_kestrel")
}

without_page <- function() {
  pages <- unlist(lapply(list.files("man", "[.]Rd$", full.names = TRUE), readLines))
  aliases <- gsub("^\\\\alias\\{|\\}$", "", grep("^\\\\alias", pages, value = TRUE))
  setdiff(exports, gsub("\\%", "%", aliases, fixed = TRUE))
}

# Entries that nobody calls, and calls of what is no entry.
doors_ajar <- function() {
  words <- function(code) unlist(regmatches(code$text, gregexpr("\\bffi_\\w+", code$text)))
  entries <- words(glue[glue$file == "src/init.c", ])
  called <- words(r_code)
  c(setdiff(entries, called), setdiff(called, entries))
}

# The later file would win, and the earlier one's callers get what they did not ask for.
defined_twice <- function() {
  assigned <- regmatches(r_code$text, regexpr("^`?[\\w.<$\\[-]+`? <- function", r_code$text, perl = TRUE))
  unique(assigned[duplicated(assigned)])
}

# Paths of one machine, in anything that is kept.
machine_paths <- function() {
  kept <- c("R", "src", "tests", "tools", "bench", "vignettes", "*.md")
  files <- system2("git", c("ls-files", kept), stdout = TRUE)
  texts <- files[grepl("[.](R|c|h|md|Rmd|sh|inc)$", files) & file.exists(files)]
  places(read_code(texts), "(^|[\\s\"'(=])/(home|root|Users|work)/")
}

rules <- list(
  "R in the engine" = places(
    engine, "\\b(R|Rinternals|Rmath|Rdefines)\\.h|R_ext/|\\bSEXP\\b|\\bRf_"),
  "allocation, output or exit in the engine" = places(engine, paste0("\\b(",
    "(m|c|re)alloc|free|\\w*printf|puts|putchar|fopen|fwrite|abort|exit|assert|longjmp",
    ")\\s*\\(")),
  "variables that outlive a call in the engine" = places(engine,
    "^\\s*static (?!.*\\bconst\\b)[\\w *]+(\\[.*\\])*\\s*(=.*)?;"),
  "the number type in engine.h" = places(
    engine[engine$file == "src/engine/engine.h", ], "\\breal\\b(?!_)"),
  "allocation in the glue" = places(glue, "\\b((m|c|re)alloc|free)\\s*\\("),
  ".Call outside R/engine.R" = places(
    r_code[r_code$file != "R/engine.R", ], "\\.(Call|External|C)\\("),
  "entries that do not match the calls" = doors_ajar(),
  "OpenMP outside parallel.c" = places(
    subset(rbind(engine, glue), basename(file) != "parallel.c"),
    "#\\s*pragma\\s+omp|\\bomp\\.h|\\bomp_"),
  "visible symbols besides R_init_kestrel" = visible_symbols(),
  "exports without a help page" = without_page(),
  "R functions that are defined twice" = defined_twice(),
  "a stale table of golden cases" = stale_golden_table(),
  "paths of one machine" = machine_paths()
)

tested <- sub("^test-", "", list.files("tests/testthat", "^test-"))
untested <- sub("[.]R$", "", setdiff(basename(r_files), tested))
for (rule in names(rules)) cat(sprintf("%-50s %d\n", rule, length(rules[[rule]])))
cat(sprintf("%-50s %d of %d\n", "R files without a test file of their name", length(untested),
            length(r_files)))
writeLines(strwrap(paste(untested, collapse = ", "), 96, indent = 2, exdent = 2))
bad <- unlist(rules, use.names = FALSE)
if (length(bad)) writeLines(c("", bad))
quit(status = length(bad) > 0)
