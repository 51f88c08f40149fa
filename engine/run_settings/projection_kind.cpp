#include "engine/run_settings/projection_kind.h"

namespace lora {

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
