#include "engine/measures/rank_advice.h"

#include "engine/measures/number_words.h"

namespace lora {

namespace {

std::string what_is_enough(const RankAdvice& advice) {
    const auto found = advice.enough();
    const std::vector<AdvicePoint>& points = advice.points;
    if (!found) {
        const bool measured = !points.empty() && points.front().loss && points.back().loss;
        return measured
                   ? "The adapter does not lower the loss on this data, so no rank can be advised from it."
                   : "No rank can be advised.";
    }
    const AdvicePoint &point = points[*found], &whole = points.back();
    const std::string share =
        number_words("%.0f %%", 100 * static_cast<double>(point.parameters)
                                    / static_cast<double>(std::max<std::int64_t>(1, whole.parameters)));
    const std::string rank = (advice.spread ? "The parameters of rank " : "Rank ")
                             + std::to_string(point.rank)
                             + (advice.spread ? ", spread over the targets," : "");
    if (point.loss && points.front().loss)
        return rank + " reaches a loss of " + number_words("%.4f", *point.loss)
               + " where the whole adapter has " + number_words("%.4f", *whole.loss) + " and the base model "
               + number_words("%.4f", *points.front().loss) + ": 99 % of what was learned, in " + share
               + " of the parameters.";
    if (*found + 1 == points.size())
        return "No smaller rank keeps 99 % of the update's energy. The loss can need far less: measure it.";
    return rank + " keeps " + number_words("%.1f %%", 100 * point.kept_energy) + " of the update's energy in "
           + share + " of the parameters; the loss at that rank was not measured.";
}

} // namespace

std::optional<std::size_t> RankAdvice::enough(double share) const {
    if (points.empty()) return std::nullopt;
    const AdvicePoint &none = points.front(), &whole = points.back();
    const bool measured = none.rank == 0 && none.loss && whole.loss;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const AdvicePoint& point = points[i];
        if (measured) {
            const double fall = *none.loss - *whole.loss;
            if (fall <= 0) return std::nullopt; // the adapter does not lower this loss
            if (point.loss && *none.loss - *point.loss >= share * fall) return i;
        } else if (point.kept_energy >= share) {
            return i;
        }
    }
    return std::nullopt;
}

std::string name(AdviceRows rows) {
    switch (rows) {
    case AdviceRows::HeldOut: return "held_out";
    case AdviceRows::File: return "file";
    case AdviceRows::Training: return "training";
    case AdviceRows::None: break;
    }
    return "none";
}

std::string RankAdvice::rows_in_words() const {
    const std::string counted = samples == 1 ? " row" : " rows";
    switch (rows) {
    case AdviceRows::HeldOut: return std::to_string(samples) + " held-out" + counted;
    case AdviceRows::File: return std::to_string(samples) + counted + " of the dataset";
    case AdviceRows::Training: return std::to_string(samples) + " training" + counted;
    case AdviceRows::None: break;
    }
    return {};
}

std::string RankAdvice::in_words() const {
    std::string words = what_is_enough(*this);
    if (rows == AdviceRows::None) return words;
    // Of what was learned by heart the loss tells more of the memory than of the adapter.
    return words + " Measured on " + rows_in_words()
           + (rows == AdviceRows::Training
                   ? ", which it has learned: only rows that were held out tell what a smaller rank costs on "
                     "others."
                   : ".");
}

std::vector<std::int64_t> ranks_to_try(std::int64_t rank) {
    std::vector<std::int64_t> ranks{0};
    for (std::int64_t r = 1; r < rank; r *= 2) ranks.push_back(r);
    if (rank > 0) ranks.push_back(rank);
    return ranks;
}

Json to_json(const AdvicePoint& point) {
    return {{"rank", point.rank}, {"parameters", point.parameters}, {"kept_energy", point.kept_energy},
        {"loss", point.loss ? Json(*point.loss) : Json(nullptr)}, {"ranks", point.ranks}};
}

Json kept_energy_json(const RankAdvice& advice, const RankCandidate& candidate) {
    Json json{{"path", candidate.path}, {"kept_energy", Json::array()}};
    for (const auto& point : advice.points)
        json["kept_energy"].push_back(
            {{"rank", point.rank}, {"share", kept_energy(candidate.singular_values, point.rank)}});
    return json;
}

} // namespace lora
