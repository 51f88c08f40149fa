#include "engine/session/told_progress.h"

#include <cstdint>
#include <utility>

namespace lora {

ReadProgress told_progress(Emit emit) {
    ReadProgress told = [emit = std::move(emit)](double done) {
        constexpr std::int64_t parts = 1000;
        const auto so_far = static_cast<std::int64_t>(done * static_cast<double>(parts));
        emit(Progress{"Reading the dataset", so_far, so_far > 0 ? parts : 0});
    };
    told(0);
    return told;
}

} // namespace lora
