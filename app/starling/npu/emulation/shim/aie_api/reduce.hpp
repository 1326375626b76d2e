// Sums and extremes along one vector, by halves as the hardware does it.
#pragma once

#include "compare.hpp"

namespace aie {

template <typename T, unsigned N> inline T reduce_add(const vector<T, N> &v) {
  shim::lane_t<T> values[N];
  if constexpr (std::is_same_v<T, bfloat16>) { // kept in float32, rounded once
    float sums[N];
    for (unsigned i = 0; i < N; ++i) sums[i] = v.get(i);
    for (unsigned half = N / 2; half; half /= 2)
      for (unsigned i = 0; i < half; ++i) sums[i] += sums[i + half];
    return bfloat16(sums[0]);
  } else {
    std::memcpy(values, &v.lanes, sizeof(values));
    for (unsigned half = N / 2; half; half /= 2)
      for (unsigned i = 0; i < half; ++i) values[i] += values[i + half];
    return values[0];
  }
}

template <typename T, unsigned N> inline T reduce_max(const vector<T, N> &v) {
  T result = v.get(0);
  for (unsigned i = 1; i < N; ++i)
    if (result < v.get(i)) result = v.get(i);
  return result;
}

template <typename T, unsigned N> inline T reduce_min(const vector<T, N> &v) {
  T result = v.get(0);
  for (unsigned i = 1; i < N; ++i)
    if (v.get(i) < result) result = v.get(i);
  return result;
}

} // namespace aie
