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
# Those that take longer than `cap` seconds are run that once.
run_rounds <- function(jobs, unit, rounds, target, cap) {
  gc()
  first <- lapply(jobs, function(job) job(unit))
  rows <- list()
  row <- function(peer, round, t) {
    rows[[length(rows) + 1]] <<- data.frame(peer = peer, round = round, t(t))
  }
  slow <- vapply(first, function(t) t[["wall"]] > cap, NA)
  for (peer in names(jobs)[slow]) row(peer, 1, first[[peer]])
  for (round in seq_len(rounds)) {
    for (peer in names(jobs)[!slow]) {
      times <- min(max(1, floor(target / max(first[[peer]][["cpu"]], 1e-3))), 1000)
      row(peer, round, jobs[[peer]](unit * times) / times)
    }
  }
  do.call(rbind, rows)
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
