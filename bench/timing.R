# Times. CPU seconds of this process, or of the peer's own, so that what else runs here does not
# count; wall seconds beside them, which are what several threads are measured by.

timed <- function(code) {
  before <- proc.time()
  force(code)
  passed <- proc.time() - before
  c(cpu = sum(passed[c("user.self", "sys.self")]), wall = passed[["elapsed"]])
}

# A job is a function of a number of epochs that returns timed(). One unit of each to warm up
# and to see how often it must run to be measured well; then all jobs in turn, `rounds` times.
# Those that take longer than `cap` seconds are run that once, those that take over a
# second in the first three rounds. `least`: units to ask for at once, by peer.
run_rounds <- function(jobs, unit, rounds, target, cap, least = c()) {
  gc()
  first <- lapply(setNames(nm = names(jobs)), function(peer) first_run(jobs[[peer]], peer, unit))
  first <- Filter(Negate(is.null), first)
  jobs <- jobs[names(first)]
  rows <- list()
  row <- function(peer, round, t) {
    rows[[length(rows) + 1]] <<- data.frame(peer = peer, round = round, t(t))
  }
  took <- vapply(first, function(t) t[["wall"]], 0)
  slow <- took > cap
  for (peer in names(jobs)[slow]) row(peer, 1, first[[peer]])
  for (round in seq_len(rounds)) {
    for (peer in names(jobs)[!slow & (round <= 3 | took < 1)]) {
      times <- min(max(least[peer], 1, na.rm = TRUE, floor(target / max(first[[peer]][["cpu"]], 1e-4))), 2000)
      row(peer, round, jobs[[peer]](unit * times) / times)
    }
  }
  times <- do.call(rbind, rows)
  times[order(match(times$peer, names(jobs)), times$round), ]
}

# A peer that fails is left out, and said to be; kestrel may not fail. What took next to nothing
# is run again for longer, so that the cost of a call is not taken for that of an epoch.
first_run <- function(job, peer, unit) {
  run <- function() {
    once <- job(unit)
    if (once[["wall"]] < 0.01) job(20 * unit) / 20 else once
  }
  if (startsWith(peer, "kestrel")) return(run())
  tryCatch(run(), error = function(e) message("left out: ", peer, ": ", conditionMessage(e)))
}

# For each peer the median, and the median of the ratios to `base` of the same round.
summarise_rounds <- function(times, base, by = "cpu") {
  ours <- times[times$peer == base, ]
  rows <- lapply(unique(times$peer), function(peer) {
    own <- times[times$peer == peer, ]
    beside <- ours[[by]][match(own$round, ours$round)]
    data.frame(peer = peer, seconds = median(own[[by]]), ratio = median(own[[by]] / beside),
               rounds = nrow(own))
  })
  do.call(rbind, rows)
}
