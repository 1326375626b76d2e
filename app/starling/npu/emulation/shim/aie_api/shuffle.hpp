// Rearranging the elements of vectors.
#pragma once

#include <utility>

#include "vector.hpp"

namespace aie {

// v as a matrix of rows x columns, transposed.
template <typename T, unsigned N>
inline vector<T, N> transpose(const vector<T, N> &v, unsigned rows, unsigned columns) {
  vector<T, N> result;
  for (unsigned row = 0; row < rows; ++row)
    for (unsigned column = 0; column < columns; ++column)
      result.lanes[column * rows + row] = v.lanes[row * columns + column];
  return result;
}

template <typename T, unsigned N> inline vector<T, N> reverse(const vector<T, N> &v) {
  vector<T, N> result;
  for (unsigned i = 0; i < N; ++i) result.lanes[i] = v.lanes[N - 1 - i];
  return result;
}

// Chunks of v and w in turn.
template <typename T, unsigned N>
inline std::pair<vector<T, N>, vector<T, N>> interleave_zip(const vector<T, N> &v, const vector<T, N> &w,
                                                            unsigned chunk) {
  std::pair<vector<T, N>, vector<T, N>> result;
  for (unsigned i = 0; i < 2 * N; ++i) {
    const unsigned group = i / chunk, source = group / 2 * chunk + i % chunk;
    (i < N ? result.first : result.second).lanes[i % N] = (group % 2 ? w : v).lanes[source];
  }
  return result;
}

// The other way: even chunks of v and w, then odd ones.
template <typename T, unsigned N>
inline std::pair<vector<T, N>, vector<T, N>> interleave_unzip(const vector<T, N> &v, const vector<T, N> &w,
                                                              unsigned chunk) {
  std::pair<vector<T, N>, vector<T, N>> result;
  for (unsigned i = 0; i < 2 * N; ++i) {
    const unsigned group = i / chunk, target = group / 2 * chunk + i % chunk;
    (group % 2 ? result.second : result.first).lanes[target] = (i < N ? v : w).lanes[i % N];
  }
  return result;
}

} // namespace aie
