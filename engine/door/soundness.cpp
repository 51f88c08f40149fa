#include "engine/door/soundness.h"

#include <algorithm>
#include <cstddef>

namespace lora {

namespace {

bool fits(const SimilarityMap& map) {
    constexpr std::int64_t most = 1 << 20;
    return map.rows >= 0 && map.columns >= 0 && map.rows <= most && map.columns <= most
           && static_cast<std::size_t>(map.rows * map.columns) == map.values.size();
}

bool fits(const TargetComparison& each) { return fits(each.A) && fits(each.inputs) && fits(each.outputs); }

bool fits(const WeightComparison& each) { return fits(each.inputs) && fits(each.outputs); }

bool fits(const EvaluationRecord& record) {
    return std::all_of(record.confusion.begin(), record.confusion.end(),
        [&](const auto& row) { return row.size() == record.confusion.size(); });
}

bool fits(const RunRecord& record) {
    const auto& all = record.spectra;
    return std::all_of(record.evaluations.begin(), record.evaluations.end(),
               [](const EvaluationRecord& each) { return fits(each); })
           && std::none_of(all.begin(), all.end(), [](const auto& each) { return each == nullptr; });
}

bool fits(const RankAdvice& advice) {
    return std::all_of(advice.points.begin(), advice.points.end(), [&](const AdvicePoint& each) {
        return each.ranks.empty() || each.ranks.size() == advice.candidates.size();
    });
}

bool fits(const SweepTable& table) {
    return std::all_of(table.rows.begin(), table.rows.end(),
        [&](const SweepRow& each) { return each.values.size() == table.settings.size(); });
}

template <class List>
bool all_fit(const List& list) {
    return std::all_of(list.begin(), list.end(), [](const auto& each) { return fits(each); });
}

struct Unsound {
    template <class Other>
    std::string operator()(const Other&) const {
        return {};
    }
    std::string operator()(const ModelLoaded& each) const { return each.model ? "" : "no model"; }
    std::string operator()(const DatasetLoaded& each) const { return each.train ? "" : "no dataset"; }
    std::string operator()(const RunStarted& each) const {
        return !each.before || fits(*each.before) ? "" : "curves of other sizes";
    }
    std::string operator()(const EvaluationDone& each) const {
        return fits(each.record) ? "" : "counts of other sizes";
    }
    std::string operator()(const AnswersGiven& each) const { return each.record ? "" : "no answers"; }
    std::string operator()(const SpectraDone& each) const { return each.spectra ? "" : "no spectra"; }
    std::string operator()(const RunOpened& each) const {
        return each.record && fits(*each.record) ? "" : "curves of other sizes, or none";
    }
    std::string operator()(const AdaptersCompared& each) const {
        return each.comparison && all_fit(each.comparison->targets) ? "" : "maps of other sizes, or none";
    }
    std::string operator()(const WeightsCompared& each) const {
        return each.comparisons && all_fit(each.comparisons->targets) ? "" : "maps of other sizes, or none";
    }
    std::string operator()(const RankAdvised& each) const {
        return each.advice && fits(*each.advice) ? "" : "ranks of other targets, or none";
    }
    std::string operator()(const SweepChanged& each) const {
        const bool is_in = each.table && (!each.current || *each.current < each.table->rows.size());
        return is_in && fits(*each.table) ? "" : "a table of other sizes, or none";
    }
    std::string operator()(const RowShown& each) const {
        return !each.row || each.around ? "" : "a row without those around it";
    }
};

} // namespace

std::string why_unsound(const Event& event) { return std::visit(Unsound{}, event); }

} // namespace lora
