#include "engine/analysis/rank_candidates.h"

#include "engine/analysis/spectrum.h"
#include "engine/error.h"

namespace lora {

std::vector<RankCandidate> rank_candidates(const Adapter& adapter, const std::stop_token& stop) {
    std::vector<Spectrum> all = spectra(adapter, stop);
    if (all.size() != adapter.targets.size()) throw Error("the spectra were stopped");
    std::vector<RankCandidate> candidates;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const LowRank& update = adapter.targets[i].update;
        candidates.push_back(
            {std::move(all[i].path), std::move(all[i].singular_values), update.A.size(1) + update.B.size(0)});
    }
    return candidates;
}

} // namespace lora
