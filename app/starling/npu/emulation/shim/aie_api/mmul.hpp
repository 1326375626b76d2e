// aie::mmul: the core's matrix unit on small row-major fragments.
#pragma once

#include "accum.hpp"

namespace aie {

namespace shim {

// The fragments that the matrix unit of each generation has (20: AIE2, 21: AIE2P).
template <unsigned M, unsigned K, unsigned N, typename A, typename B> constexpr bool has_mmul = false;
template <> constexpr bool has_mmul<4, 8, 4, bfloat16, bfloat16> = true;
template <> constexpr bool has_mmul<4, 8, 8, int8, int8> = true;
#if __AIE_ARCH__ == 21
template <> constexpr bool has_mmul<4, 8, 8, bfloat16, bfloat16> = true;
template <> constexpr bool has_mmul<8, 8, 8, int8, int8> = true;
#endif

template <typename T, unsigned N> inline auto as_factors(const vector<T, N> &v) {
  if constexpr (is_floating<T>) return floats<N>(v);
  else return __builtin_convertvector(v.lanes, lanes_t<int32_t, N>);
}

} // namespace shim

template <unsigned M_, unsigned K_, unsigned N_, typename A, typename B = A, typename Tag = accauto> class mmul {
  static_assert(shim::has_mmul<M_, K_, N_, A, B>, "the matrix unit has no such shape");
  using Chosen = shim::tag_for_t<Tag, A, B>;
  using Lane = shim::accum_lane_t<Chosen>;
  using Row = shim::lanes_t<Lane, N_>;

public:
  static constexpr unsigned M = M_, K = K_, N = N_;
  static constexpr unsigned size_A = M * K, size_B = K * N, size_C = M * N;
  using accum_type = accum<Chosen, size_C>;

  mmul() = default;
  mmul(const accum_type &sum) { std::memcpy(rows, &sum.lanes, sizeof(rows)); }
  template <typename T> mmul(const vector<T, size_C> &v, int shift = 0) : mmul(accum_type(v, shift)) {}

  static constexpr unsigned size() { return size_C; }

  void mul(const vector<A, size_A> &a, const vector<B, size_B> &b) {
    for (unsigned i = 0; i < M; ++i) rows[i] = Row{};
    mac(a, b);
  }
  void mac(const vector<A, size_A> &a, const vector<B, size_B> &b) {
    alignas(64) Lane left[size_A];
    alignas(64) Row right[K];
    const auto wide_a = shim::as_factors(a);
    const auto wide_b = shim::as_factors(b);
    std::memcpy(left, &wide_a, sizeof(left));
    std::memcpy(right, &wide_b, sizeof(right));
    for (unsigned k = 0; k < K; ++k)
      for (unsigned i = 0; i < M; ++i) rows[i] += left[i * K + k] * right[k];
  }

  accum_type to_accum() const {
    accum_type result;
    std::memcpy(&result.lanes, rows, sizeof(rows));
    return result;
  }
  operator accum_type() const { return to_accum(); }
  template <typename T> vector<T, size_C> to_vector(int shift = 0) const {
    return to_accum().template to_vector<T>(shift);
  }

private:
  Row rows[M]; // undefined until mul() or a value is given
};

} // namespace aie
