// The residual sum of a run: float32 and bfloat16 in, float32 out.
#include "../common/rows.h"

#ifndef RUN
#error "RUN: values in a run, a multiple of 16"
#endif

using namespace rows;

extern "C" void add_f32(float *x, bfloat16 *y, float *out) {
  const Halves one = aie::broadcast<bfloat16, LANES>(bfloat16(1.0f));
  for (int i = 0; i < RUN; i += LANES) {
    const Sums sum = aie::mac(sums_of(aie::load_v<LANES>(x + i)), aie::load_v<LANES>(y + i), one);
    aie::store_v(out + i, sum.to_vector<float>());
  }
}
