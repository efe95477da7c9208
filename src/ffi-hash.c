#include <stdbool.h>
#include <stdint.h>

#include "ffi.h"

/* Fingerprints of strings, the same on every machine: FarmHash's Fingerprint64 (Pike and
 * Alakuijala), and SipHash-2-4 (Aumasson and Bernstein) where there is a key. */

typedef uint64_t u64;
typedef struct {
  u64 a, b;
} pair;

static const u64 k0 = 0xc3a5c85c97cb3127u, k1 = 0xb492b66fbe98f273u, k2 = 0x9ae16a3b2f90404fu;

/* Bytes count from the lowest on. */
static u64 fetch(const unsigned char* s, int bytes) {
  u64 x = 0;
  for (int i = bytes - 1; i >= 0; --i) x = x << 8 | s[i];
  return x;
}

static u64 fetch64(const unsigned char* s) { return fetch(s, 8); }
static u64 rotate_right(u64 x, int by) { return x >> by | x << (64 - by); }
static u64 shift_mix(u64 x) { return x ^ x >> 47; }

static u64 mix_two(u64 u, u64 v, u64 by) {
  u64 a = shift_mix((u ^ v) * by);
  return shift_mix((v ^ a) * by) * by;
}

static u64 farm_to_16(const unsigned char* s, u64 n) {
  u64 by = k2 + 2 * n;
  if (n >= 8) {
    u64 a = fetch64(s) + k2, b = fetch64(s + n - 8);
    return mix_two(rotate_right(b, 37) * by + a, (rotate_right(a, 25) + b) * by, by);
  }
  if (n >= 4) return mix_two(n + (fetch(s, 4) << 3), fetch(s + n - 4, 4), by);
  if (n == 0) return k2;
  u64 y = s[0] + ((u64) s[n >> 1] << 8), z = n + ((u64) s[n - 1] << 2);
  return shift_mix((y * k2) ^ (z * k0)) * k2;
}

static u64 farm_to_32(const unsigned char* s, u64 n) {
  u64 by = k2 + 2 * n, a = fetch64(s) * k1, b = fetch64(s + 8);
  u64 c = fetch64(s + n - 8) * by, d = fetch64(s + n - 16) * k2;
  return mix_two(rotate_right(a + b, 43) + rotate_right(c, 30) + d, a + rotate_right(b + k2, 18) + c,
                 by);
}

static u64 farm_to_64(const unsigned char* s, u64 n) {
  u64 by = k2 + 2 * n, a = fetch64(s) * k2, b = fetch64(s + 8);
  u64 c = fetch64(s + n - 8) * by, d = fetch64(s + n - 16) * k2;
  u64 y = rotate_right(a + b, 43) + rotate_right(c, 30) + d;
  u64 z = mix_two(y, a + rotate_right(b + k2, 18) + c, by);
  u64 e = fetch64(s + 16) * by, f = fetch64(s + 24);
  u64 g = (y + fetch64(s + n - 32)) * by, h = (z + fetch64(s + n - 24)) * by;
  return mix_two(rotate_right(e + f, 43) + rotate_right(g, 30) + h, e + rotate_right(f + a, 18) + g,
                 by);
}

static pair weak_32(const unsigned char* s, u64 a, u64 b) {
  u64 w = fetch64(s), x = fetch64(s + 8), y = fetch64(s + 16), z = fetch64(s + 24);
  a += w;
  b = rotate_right(b + a + z, 21);
  u64 c = a;
  a += x + y;
  b += rotate_right(a, 44);
  return (pair){a + z, b + c};
}

typedef struct {
  u64 x, y, z;
  pair v, w;
} farm_state;

/* 64 bytes; w_times and v_times are 1 but for the last ones. */
static void farm_block(farm_state* f, const unsigned char* s, u64 by, u64 w_times, u64 v_times) {
  f->x = rotate_right(f->x + f->y + f->v.a + fetch64(s + 8), 37) * by;
  f->y = rotate_right(f->y + f->v.b + fetch64(s + 48), 42) * by;
  f->x ^= f->w.b * w_times;
  f->y += f->v.a * v_times + fetch64(s + 40);
  f->z = rotate_right(f->z + f->w.a, 33) * by;
  f->v = weak_32(s, f->v.b * by, f->x + f->w.a);
  f->w = weak_32(s + 32, f->z + f->w.b, f->y + fetch64(s + 16));
  u64 z = f->z;
  f->z = f->x;
  f->x = z;
}

static u64 farm_beyond(const unsigned char* s, u64 n) {
  const u64 seed = 81;
  farm_state f = {.x = seed * k2 + fetch64(s), .y = seed * k1 + 113};
  f.z = shift_mix(f.y * k2 + 113) * k2;
  u64 whole = (n - 1) / 64 * 64, rest = (n - 1) & 63;
  for (u64 at = 0; at < whole; at += 64) farm_block(&f, s + at, k1, 1, 1);
  u64 by = k1 + ((f.z & 0xff) << 1);
  f.w.a += rest;
  f.v.a += f.w.a;
  f.w.a += f.v.a;
  farm_block(&f, s + whole + rest - 63, by, 9, 9);
  return mix_two(mix_two(f.v.a, f.w.a, by) + shift_mix(f.y) * k0 + f.z,
                 mix_two(f.v.b, f.w.b, by) + f.x, by);
}

static u64 farm_fingerprint(const unsigned char* s, u64 n) {
  if (n <= 16) return farm_to_16(s, n);
  if (n <= 32) return farm_to_32(s, n);
  return n <= 64 ? farm_to_64(s, n) : farm_beyond(s, n);
}

static void sip_rounds(u64 v[4], int n) {
  for (int i = 0; i < n; ++i) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate_right(v[1], 51) ^ v[0];
    v[3] = rotate_right(v[3], 48) ^ v[2];
    v[0] = rotate_right(v[0], 32) + v[3];
    v[2] += v[1];
    v[3] = rotate_right(v[3], 43) ^ v[0];
    v[1] = rotate_right(v[1], 47) ^ v[2];
    v[2] = rotate_right(v[2], 32);
  }
}

static void sip_word(u64 v[4], u64 word) {
  v[3] ^= word;
  sip_rounds(v, 2);
  v[0] ^= word;
}

static u64 sip_fingerprint(const unsigned char* s, u64 n, u64 key0, u64 key1) {
  u64 v[4] = {key0 ^ 0x736f6d6570736575u, key1 ^ 0x646f72616e646f6du,
              key0 ^ 0x6c7967656e657261u, key1 ^ 0x7465646279746573u};
  u64 at = 0;
  for (; at + 8 <= n; at += 8) sip_word(v, fetch64(s + at));
  sip_word(v, n << 56 | fetch(s + at, (int) (n - at)));
  v[2] ^= 0xff;
  sip_rounds(v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Of UTF-8 strings, modulo `bins`; key: NULL or two numbers. */
SEXP ffi_hash(SEXP x, SEXP bins, SEXP key) {
  double by = Rf_asReal(bins);
  bool keyed = key != R_NilValue;
  if (TYPEOF(x) != STRSXP || !(by >= 1) || (keyed && (TYPEOF(key) != REALSXP || Rf_length(key) != 2))) {
    Rf_error("Internal error: nothing to hash.");
  }
  SEXP codes = Rf_allocVector(REALSXP, Rf_xlength(x));
  for (R_xlen_t i = 0; i < Rf_xlength(x); ++i) {
    const unsigned char* s = (const unsigned char*) CHAR(STRING_ELT(x, i));
    u64 n = (u64) LENGTH(STRING_ELT(x, i));
    u64 hash = keyed ? sip_fingerprint(s, n, (u64) REAL(key)[0], (u64) REAL(key)[1])
                     : farm_fingerprint(s, n);
    REAL(codes)[i] = (double) (hash % (u64) by);
  }
  return codes;
}
