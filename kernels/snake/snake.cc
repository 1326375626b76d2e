// Snake of a run of one channel: x + sin(alpha * x)^2 / alpha.
//
// sin^2 has the period pi: with v = alpha * x / pi and d its distance from the next whole number, sin^2(pi * v) is
// (d * P(d^2))^2. P is sin(pi * d) / d, so a small angle keeps its relative precision, which 1 / alpha asks for.
#include "../common/rows.h"

#ifndef RUN
#error "RUN: values in a run, a multiple of 16"
#endif

using namespace rows;

static constexpr float ONE_OVER_PI = 0.31830989f;
// sin(pi * d) / d in d * d on [0, 1/4]; absolute error 2.4e-6.
static constexpr float SINE[] = {3.14159028f, -5.16740770f, 2.54402082f, -0.55948990f};
static constexpr float FARTHEST = 2097152.0f; // 2^21: beyond it float32 holds no angle, and sin^2 / alpha no digit of the sum

static Floats squared_sine(const Split &x, const Split &factor) {
  Floats rest;
  whole_and_rest(limited(floats_of(multiply(x, factor)), FARTHEST, 0.0f), rest);
  const Floats half = aie::sub(magnitudes_of(rest).cast_to<float>(), 0.5f); // of a rest in [-1, 1]
  const Split distance = split(aie::sub(0.5f, magnitudes_of(half).cast_to<float>()));
  const Floats sine = floats_of(multiply(distance, split(polynomial(SINE, split(floats_of(square(distance)))))));
  return floats_of(square(split(sine)));
}

static Floats load(const float *x) { return aie::load_v<LANES>(x); }
static Floats load(const bfloat16 *x) { return floats_of(sums_of(aie::load_v<LANES>(x))); }
static void store(float *out, const Sums &values) { aie::store_v(out, values.to_vector<float>()); }
static void store(bfloat16 *out, const Sums &values) { aie::store_v(out, values.to_vector<bfloat16>()); }

template <typename T> static void snake(const T *x, float alpha, T *out) {
  round_to_nearest();
  const Split factor = split(alpha * ONE_OVER_PI), inverse = split(reciprocal(alpha));
  for (int i = 0; i < RUN; i += LANES) {
    const Floats values = load(x + i);
    store(out + i, multiply_add(sums_of(values), split(squared_sine(split(values), factor)), inverse));
  }
}

// A channel is `runs` units.
extern "C" void snake_bf16(bfloat16 *x, float *alpha, bfloat16 *out, int32 *progress, int32 runs) {
  snake(x, alpha[next_unit(progress) / runs], out);
}

extern "C" void snake_f32(float *x, float *alpha, float *out, int32 *progress, int32 runs) {
  snake(x, alpha[next_unit(progress) / runs], out);
}
