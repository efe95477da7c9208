# Diagnoses cases and judges the answers.

# Other draws than those of the article by another number, a multiple of 5e7. Of draws beyond
# `seen` nothing was looked at while the checks were made.
seed_base <- as.numeric(Sys.getenv("FAULTS_SEED", "0"))
seen <- 5

# On two cores where R can fork.
spread <- function(x, f) {
  cores <- if (.Platform$OS.type == "unix") 2L else 1L
  results <- parallel::mclapply(x, f, mc.cores = cores, mc.preschedule = FALSE)
  failed <- vapply(results, inherits, NA, "try-error")
  for (i in which(failed)) message("case ", x[i], ": ", results[[i]])
  results[!failed]
}

# `blind`: the data are no longer there.
diagnosis_of <- function(model, recipe, level) {
  if (isTRUE(recipe$blind)) return(quietly(diagnose(model, level = level)))
  quietly(diagnose(model, recipe$x, recipe$y, level = level, budget = 2, validation_data = recipe$validation_data))
}

# A draw of a fault that bites: list(recipe, model, misfit, twin = misfit of the healthy twin).
draw_fault <- function(id, draw) {
  what <- entries[[id]]
  for (attempt in 1:20) {
    set.seed(seed_base + 1e5 * match(id, names(entries)) + 100 * draw + attempt)
    base <- what$draw()
    spoilt <- what$spoil(base)
    case <- list(recipe = spoilt, model = build(spoilt), misfit = NA, twin = NA)
    if (!isTRUE(spoilt$refused)) {
      case$misfit <- misfit(case$model, spoilt$x, spoilt$truth)
      if (what$kind == "fault" || identical(what$bites, "misfit")) case$twin <- twin_misfit(base, spoilt)
      if (identical(what$bites, "misfit") && !isTRUE(case$misfit > case$twin + 0.2)) next
      if (is.function(what$bites) && !what$bites(case$model, spoilt)) next
      if (isTRUE(case$twin > base$best + 0.12) && is.null(spoilt$twin)) next
    }
    return(case)
  }
  stop("no draw of ", id, " bites: ", toString(round(c(case$misfit, case$twin), 3)))
}

# Of the healthy recipe. Where the fault is in the targets, of these with their healthy layers.
twin_misfit <- function(base, spoilt) {
  if (!is.null(spoilt$twin)) base <- with_part(base, x = spoilt$x, y = spoilt$y, truth = spoilt$truth,
    layers = spoilt$twin, epochs = spoilt$epochs)
  model <- build(with_part(base, epochs = max(base$epochs, 150L)))
  misfit(model, base$x, base$truth)
}

# One row: the findings, whether the right one comes first or is among three, what its remedy does.
judge_fault <- function(id, draw) {
  case <- draw_fault(id, draw)
  d <- diagnosis_of(case$model, case$recipe, entries[[id]]$level)
  accept <- c(id, entries[[id]]$accept)
  fault <- d$severity == "fault"
  ids <- if (entries[[id]]$kind == "fault") d$id[fault] else d$id
  false_alarm <- any(fault & d$confidence != "LIKELY" & !d$id %in% accept)
  right <- match(TRUE, ids %in% accept)
  trial <- if (entries[[id]]$kind == "fault") tried(case, d)
  data.frame(id = id, draw = draw, found = paste0(d$id, ifelse(fault, "", "-"), collapse = " "),
    first = isTRUE(right == 1), third = isTRUE(right <= 3), named = id %in% d$id, other = false_alarm,
    misfit = case$misfit, twin = case$twin, mended = trial$misfit %||% NA, what = trial$what %||% "",
    failed = toString(names(attr(d, "failed"))))
}

`%||%` <- function(a, b) if (is.null(a)) b else a

# The remedy of the first finding, applied once.
tried <- function(case, d) {
  finding <- if (nrow(d)) attr(d, "findings")[[1]]
  if (is.null(finding$fix) || is.na(case$misfit) || isTRUE(case$recipe$held)) return(NULL)
  trial <- tryCatch(quietly(try_fix(d, 1, seconds = 1)), kestrel_error = function(e) NULL)
  if (is.null(trial)) return(NULL)
  truth <- case$recipe$truth
  if (finding$fix$what == "scale_y") truth <- scale(truth)
  list(misfit = misfit(trial$model, trial$x, truth), what = finding$fix$what)
}

# Healthy controls, drawn anew until they have learnt what there is to learn.
judge_control <- function(draw) {
  for (attempt in 1:20) {
    set.seed(seed_base + 1e7 + 100 * draw + attempt)
    recipe <- draw_control()
    model <- build(recipe)
    if (is_healthy(model, recipe)) break
  }
  d <- diagnosis_of(model, recipe, "standard")
  alarm <- d$severity == "fault" & d$confidence != "LIKELY"
  data.frame(draw = draw, task = recipe$task, kind = recipe$kind, attempts = attempt,
    activation = recipe$layers[[1]]$activation %||% "linear", misfit = misfit(model, recipe$x, recipe$truth),
    best = recipe$best, alarm = any(alarm), likely = any(d$severity == "fault" & !alarm),
    found = paste0(d$id, ifelse(d$severity == "fault", "", "-"), collapse = " "))
}

# Where there is no gap to speak of, nothing can be said.
closed <- function(cases) {
  gap <- cases$misfit - cases$twin
  ifelse(gap > 0.1, (cases$misfit - cases$mended) / gap, NA)
}

summarise_entries <- function(cases) {
  titles <- diagnosis_catalogue()
  rows <- lapply(unique(cases$id), function(id) {
    own <- cases[cases$id == id, ]
    share <- closed(own)
    share <- share[!is.na(share)]
    data.frame(id = id, cause = titles$title[titles$id == id], kind = entries[[id]]$kind,
      accepted = paste(c(id, entries[[id]]$accept), collapse = " "), draws = nrow(own), first = sum(own$first),
      three = sum(own$third), named = sum(own$named), tried = length(share), mended = sum(share >= 0.9))
  })
  do.call(rbind, rows)
}

summarise_all <- function(cases, healthy) {
  fault <- cases$id %in% names(Filter(function(e) e$kind == "fault", entries))
  unseen <- fault & cases$draw > seen
  share <- closed(cases[fault, ])
  share <- share[!is.na(share)]
  data.frame(
    what = c("faults: right cause first", "faults: right cause among three",
      "unseen faults: right cause first", "unseen faults: right cause among three", "facts: named",
      "remedy closes 90 % of the gap",
      "controls with a PROVEN or STRONG fault", "controls with a LIKELY fault"),
    cases = c(sum(fault), sum(fault), sum(unseen), sum(unseen), sum(!fault), length(share), nrow(healthy), nrow(healthy)),
    count = c(sum(cases$first[fault]), sum(cases$third[fault]), sum(cases$first[unseen]),
      sum(cases$third[unseen]), sum(cases$named[!fault]), sum(share >= 0.9),
      sum(healthy$alarm), sum(healthy$likely)),
    goal = c(0.9, 0.97, 0.9, 0.97, NA, 0.8, 0.02, NA)
  ) |> transform(share = count / cases)
}
