/* After an instance that has set the compiler's target. */
#ifdef __clang__
#pragma clang attribute pop
#endif
