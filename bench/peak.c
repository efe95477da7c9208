/* The most that one core can do: fused multiply-adds on numbers that stay in registers, in
 * enough chains of their own that no one waits for another. Compiled for one `real` and one
 * VECTOR_BYTES; prints GFLOP/s, the best of many short runs. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <time.h>

enum { LANES = VECTOR_BYTES / sizeof(real), TURNS = 200000, RUNS = 400 };

typedef real vec __attribute__((vector_size(VECTOR_BYTES)));

#define EACH_CHAIN(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11)
enum { CHAINS = 12 };

/* `keep` hides a value from the compiler, so that it neither folds nor drops the chain. */
#define START(i) vec x##i = {(real) i}; __asm__("" : "+x"(x##i));
#define STEP(i) x##i = x##i * a + b;
#define KEEP(i) __asm__ volatile("" : : "x"(x##i));

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static double run(vec a, vec b) {
  EACH_CHAIN(START)
  double start = seconds();
  for (int turn = 0; turn < TURNS; ++turn) {
    EACH_CHAIN(STEP)
  }
  EACH_CHAIN(KEEP)
  return 2.0 * TURNS * CHAINS * LANES / (seconds() - start) * 1e-9;
}

int main(void) {
  vec a = {0}, b = {0};
  a += (real) 0.999;
  b += (real) 0.001;
  __asm__("" : "+x"(a), "+x"(b));
  double best = 0;
  for (int i = 0; i < RUNS; ++i) {
    double speed = run(a, b);
    if (speed > best) best = speed;
  }
  printf("%.2f\n", best);
  return 0;
}
