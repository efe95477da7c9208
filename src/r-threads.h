/* How many threads the engine may use in this process. */
#ifndef KESTREL_R_THREADS_H
#define KESTREL_R_THREADS_H

#include <stdbool.h>

/* Once, when the package is loaded. */
void threads_watch_forks(void);
/* This process was forked since: GNU's OpenMP would wait for ever for threads that it has lost. */
bool threads_forked(void);
/* At most `wanted`, at least 1: no more than there are free processors, as all threads of a loop
 * wait for the one that gets none; 1 after a fork. */
int threads_allowed(int wanted);

#endif
