// aie::vector: one register's worth of elements, and its loads and stores.
#pragma once

#include <cstring>

#include "types.hpp"

namespace aie {

template <typename T, unsigned N> class vector;

namespace shim {

// vector_ldst_align of detail/ld_st.hpp in Xilinx/aie_api. Hardware drops the address's lower bits.
template <unsigned bytes> inline void check_alignment(const void *pointer) {
  constexpr unsigned alignment = bytes <= 32 ? bytes : __AIE_ARCH__ == 21 ? 64 : 32;
  if (__builtin_expect(reinterpret_cast<uintptr_t>(pointer) % alignment, 0)) starling_misaligned = alignment;
}

} // namespace shim

// vector[i]: reads and writes one element.
template <typename T, unsigned N> class vector_elem_ref {
public:
  vector_elem_ref(vector<T, N> &parent, unsigned index) : parent(parent), index(index) {}
  operator T() const { return parent.get(index); }
  T get() const { return parent.get(index); }
  vector_elem_ref &operator=(T value) {
    parent.set(value, index);
    return *this;
  }

private:
  vector<T, N> &parent;
  unsigned index;
};

template <typename T, unsigned N> class vector {
  static_assert(shim::fits_register<T, N>, "no register of the core holds so many elements of this type");

public:
  using value_type = T;
  using lanes_type = shim::lanes_t<shim::lane_t<T>, N>;
  lanes_type lanes; // the shim's own; cores do not touch it

  vector() : lanes{} {}
  vector(lanes_type value) : lanes(value) {}

  static constexpr unsigned size() { return N; }
  static constexpr unsigned bits() { return N * sizeof(T) * 8; }
  static constexpr unsigned bytes() { return N * sizeof(T); }

  T get(unsigned index) const { return shim::from_lane<T>(lanes[index]); }
  void set(T value, unsigned index) { lanes[index] = shim::to_lane<T>(value); }
  T operator[](unsigned index) const { return get(index); }
  vector_elem_ref<T, N> operator[](unsigned index) { return {*this, index}; }

  template <unsigned Out> vector<T, Out> extract(unsigned index) const {
    static_assert(Out <= N);
    vector<T, Out> result;
    std::memcpy(&result.lanes, reinterpret_cast<const char *>(&lanes) + index * Out * sizeof(T), Out * sizeof(T));
    return result;
  }
  template <unsigned In> vector &insert(unsigned index, const vector<T, In> &part) {
    static_assert(In <= N);
    std::memcpy(reinterpret_cast<char *>(&lanes) + index * In * sizeof(T), &part.lanes, In * sizeof(T));
    return *this;
  }
  // The new elements are undefined on hardware; here they hold a pattern.
  template <unsigned Out> vector<T, Out> grow(unsigned index = 0) const {
    static_assert(Out >= N);
    vector<T, Out> result;
    std::memset(&result.lanes, 0xaa, sizeof(result.lanes));
    result.template insert<N>(index, *this);
    return result;
  }
  template <typename U> auto cast_to() const {
    return vector<U, N * sizeof(T) / sizeof(U)>(
        (typename vector<U, N * sizeof(T) / sizeof(U)>::lanes_type)lanes);
  }

  void load(const T *pointer) {
    shim::check_alignment<N * sizeof(T)>(pointer);
    std::memcpy(&lanes, pointer, sizeof(lanes));
  }
  void store(T *pointer) const {
    shim::check_alignment<N * sizeof(T)>(pointer);
    std::memcpy(pointer, &lanes, sizeof(lanes));
  }
};

constexpr unsigned vector_decl_align = 32;

namespace shim {

template <typename T> struct vector_traits : std::false_type {};
template <typename T, unsigned N> struct vector_traits<vector<T, N>> : std::true_type {
  using element = T;
};

template <unsigned N, typename T> inline lanes_t<float, N> floats(const vector<T, N> &v) {
  static_assert(is_floating<T>);
  if constexpr (std::is_same_v<T, bfloat16>) return widen<N>(v.lanes);
  else return v.lanes;
}

template <typename T, unsigned N> inline vector<T, N> from_floats(const lanes_t<float, N> &values) {
  if constexpr (std::is_same_v<T, bfloat16>) return vector<T, N>(narrow<N>(values));
  else return vector<T, N>(values);
}

} // namespace shim

template <typename V> concept Vector = shim::vector_traits<V>::value;

template <unsigned N, typename T> inline vector<T, N> load_v(const T *pointer) {
  vector<T, N> result;
  result.load(pointer);
  return result;
}
template <typename T, unsigned N> inline T *store_v(T *pointer, const vector<T, N> &v) {
  v.store(pointer);
  return pointer;
}
template <unsigned N, typename T> inline vector<T, N> load_unaligned_v(const T *pointer, unsigned = 1) {
  vector<T, N> result;
  std::memcpy(&result.lanes, pointer, sizeof(result.lanes));
  return result;
}
template <typename T, unsigned N> inline T *store_unaligned_v(T *pointer, const vector<T, N> &v, unsigned = 1) {
  std::memcpy(pointer, &v.lanes, sizeof(v.lanes));
  return pointer;
}

template <typename T, unsigned N> inline vector<T, N> zeros() { return vector<T, N>(); }

template <typename T, unsigned N> inline vector<T, N> broadcast(T value) {
  typename vector<T, N>::lanes_type lanes = {};
  lanes = lanes + shim::to_lane<T>(value); // of zero lanes: the value, also -0 as integer bits
  if constexpr (std::is_same_v<T, float>) // -0.0f + 0 is +0
    for (unsigned i = 0; i < N; ++i) lanes[i] = value;
  return vector<T, N>(lanes);
}

template <typename T, unsigned N, typename... Rest>
inline vector<T, N *(1 + sizeof...(Rest))> concat(const vector<T, N> &first, const Rest &...rest) {
  vector<T, N *(1 + sizeof...(Rest))> result;
  unsigned index = 0;
  result.template insert<N>(index++, first);
  (result.template insert<N>(index++, rest), ...);
  return result;
}

template <typename U, typename T, unsigned N> inline auto vector_cast(const vector<T, N> &v) {
  return v.template cast_to<U>();
}

} // namespace aie
