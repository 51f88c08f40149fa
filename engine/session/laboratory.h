#pragma once
// What the session does with a trained adapter beyond talking: comparisons, advice, smaller adapters, other
// formats. Long work goes on one target or batch at a time.

#include "engine/adapters/adapter.h"
#include "engine/analysis/weight_comparison.h"
#include "engine/analysis/weight_norms.h"
#include "engine/architectures/catalog.h"
#include "engine/data/dataset.h"
#include "engine/training/rank_advisor.h"
#include "engine/worker/messages.h"
#include "engine/worker/worker.h"

#include <memory>
#include <stop_token>
#include <variant>

namespace lora {

class Laboratory {
public:
    explicit Laboratory(Emit emit);

    /// What the next command answers.
    void take(RequestId request) { request_ = request; }
    /// Each throws Error where the command cannot be done. `loaded` and `adapter` must outlive what goes on,
    /// or be followed by let_go().
    void carry_out(const CompareAdapters& command, LoadedModel& loaded, const Adapter& adapter,
        const std::stop_token& stop);
    void carry_out(const CompareWithWeights& command, LoadedModel& loaded, const Adapter& adapter,
        const std::stop_token& stop);
    void carry_out(
        const AdviseRank& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token& stop);
    void carry_out(const SaveTruncated& command, LoadedModel& loaded, const Adapter& adapter,
        const std::stop_token& stop);
    void carry_out(
        const MergeModel& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token& stop);
    void carry_out(
        const ExportGguf& command, LoadedModel& loaded, const Adapter& adapter, const std::stop_token& stop);

    /// Spectra of a loaded adapter, with sizes beside the model's weights.
    std::shared_ptr<const SpectraOfStep> measure(const Adapter& adapter, Model& model);

    bool busy() const { return !std::holds_alternative<std::monostate>(work_); }
    /// One target or batch of what goes on. What fails there is told as Refused.
    void advance();
    /// Ends what goes on and tells what is done.
    void stop();
    /// Ends it without a word: another adapter, or none.
    void let_go() { work_ = std::monostate(); }
    /// The model goes too, and what was kept of its weights.
    void let_go_of_model();

private:
    struct Advising {
        Dataset data;
        std::unique_ptr<RankAdvisor> advisor;
        std::size_t told = 0; ///< points measured when the advice was last told
    };
    using Comparing = std::unique_ptr<WeightComparer>;

    void go_on(Comparing& comparing);
    void go_on(Advising& advising);
    void tell(const Advising& advising, bool finished);
    void tell(const Comparing& comparing, AnswerState state);

    Emit emit_;
    RequestId request_; ///< of the last command; what goes on is its
    std::unique_ptr<WeightDecompositions> weights_ = std::make_unique<WeightDecompositions>();
    WeightNorms norms_; ///< of the loaded model, as weights_
    std::variant<std::monostate, Comparing, Advising> work_;
};

} // namespace lora
