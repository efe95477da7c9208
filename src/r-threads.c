#include "r-threads.h"

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

int threads_allowed(int wanted) { return forked || wanted < 1 ? 1 : wanted; }
