#include "engine/method_sheets/projection_kind.h"

#include "engine/error.h"

#include <utility>

namespace lora {

namespace {

constexpr std::pair<ProjectionKind, const char*> kinds[] = {{ProjectionKind::Fastfood, "fastfood"},
    {ProjectionKind::Dense, "dense"}, {ProjectionKind::Sparse, "sparse"}, {ProjectionKind::Hashed, "hashed"}};

} // namespace

std::string name(ProjectionKind kind) {
    for (const auto& [value, word] : kinds)
        if (value == kind) return word;
    return {};
}

ProjectionKind projection_kind(const std::string& name) {
    for (const auto& [value, word] : kinds)
        if (word == name) return value;
    fail("projection", "'" + shown(name) + "'", "fastfood, dense, sparse or hashed");
}

std::int64_t projection_bytes(ProjectionKind kind, std::int64_t rows, std::int64_t columns) {
    switch (kind) {
    case ProjectionKind::Dense: return rows * columns * static_cast<std::int64_t>(sizeof(float));
    case ProjectionKind::Hashed: return columns * static_cast<std::int64_t>(sizeof(double));
    case ProjectionKind::Fastfood:
    case ProjectionKind::Sparse: break;
    }
    return 0;
}

} // namespace lora
