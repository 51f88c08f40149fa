#pragma once
// The random matrices that a subspace can be spanned by.

#include <cstdint>
#include <string>

namespace lora {

enum class ProjectionKind {
    Fastfood, ///< Walsh–Hadamard transforms with random diagonals: O(D log d), no memory
    Dense,    ///< N(0, 1) everywhere: D·d numbers in memory and time
    Sparse,   ///< ±1 at a share of 1/√D of the places: d·√D of them, no memory
    Hashed,   ///< every weight follows one number of θ_d: O(D), columns exactly orthonormal
};

std::string name(ProjectionKind kind);
/// Throws Error that lists the words.
ProjectionKind projection_kind(const std::string& name);

/// What a projection holds in memory; `rows` is D, `columns` d.
std::int64_t projection_bytes(ProjectionKind kind, std::int64_t rows, std::int64_t columns);

} // namespace lora
