#include "r-threads.h"

#include "r-busy.h"

#ifndef _WIN32
#include <pthread.h>
#endif

static bool forked = false;

#ifndef _WIN32
static void fork_note(void) { forked = true; }

void threads_watch_forks(void) { pthread_atfork(NULL, NULL, fork_note); }
#else
void threads_watch_forks(void) {}
#endif

bool threads_forked(void) { return forked; }

int threads_allowed(int wanted) {
  if (forked || wanted <= 1) return 1;
  int n = processors_free();
  return n < 1 ? 1 : n < wanted ? n : wanted;
}
