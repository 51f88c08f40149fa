// Samples that the run would not see whole, or that it would be both trained and measured on.

#include "engine/plausibility/subjects.h"

#include <algorithm>

namespace lora {

namespace {

constexpr double usual_split = 0.1;

bool is_most(std::int64_t part, std::int64_t all) { return 2 * part > all; }

/// The length that takes all samples whole, or as much as the model takes.
std::vector<SettingChange> longer(const RunPlan& plan) {
    std::int64_t wanted = plan.train->lengths.rbegin()->first;
    if (plan.model && plan.model->context_length > 0) wanted = std::min(wanted, plan.model->context_length);
    if (wanted <= plan.settings.data.max_length) return {};
    return {{"data.max_length", wanted}};
}

std::string at_length(const RunPlan& plan) {
    return "{data.max_length} " + std::to_string(plan.settings.data.max_length);
}

void doubt_cuts(const RunPlan& plan, std::vector<Doubt>& doubts) {
    const DatasetSummary& data = *plan.train;
    const std::string of_rows = " of " + std::to_string(data.rows) + " samples ";
    if (is_most(data.dropped, data.rows))
        doubts.push_back({"data.max_length",
            std::to_string(data.dropped) + of_rows + "have nothing to learn within " + at_length(plan)
                + " and are left out.",
            longer(plan)});
    if (is_most(data.cut, data.rows))
        doubts.push_back({"data.max_length",
            std::to_string(data.cut) + of_rows + "are cut at " + at_length(plan)
                + ": their ends are not learned.",
            longer(plan)});
}

// A classifier here has a table of positions, and a sample beyond its end stops the run.
void doubt_positions(const RunPlan& plan, std::vector<Doubt>& doubts) {
    const std::int64_t positions = plan.model->context_length;
    const std::int64_t longest = std::min(plan.train->lengths.rbegin()->first, plan.settings.data.max_length);
    if (positions < 1 || longest <= positions) return;
    const bool has_table = plan.model->task == Task::Classification;
    doubts.push_back({"data.max_length",
        at_length(plan) + " lets in samples of " + std::to_string(longest) + " tokens, but the model has "
            + std::to_string(positions) + " positions.",
        {{"data.max_length", positions}}, has_table ? DoubtKind::Refusal : DoubtKind::Warning});
}

} // namespace

std::vector<Doubt> length_doubts(const RunPlan& plan) {
    std::vector<Doubt> doubts;
    if (!plan.train || plan.train->lengths.empty()) return doubts;
    if (!plan.train->plain_text) doubt_cuts(plan, doubts);
    if (plan.model) doubt_positions(plan, doubts);
    return doubts;
}

std::vector<Doubt> evaluation_doubts(const RunPlan& plan) {
    if (!plan.eval || plan.eval->also_trained < 1) return {};
    const std::int64_t shared = plan.eval->also_trained, samples = plan.eval->samples;
    const bool all = shared >= samples, second_file = !plan.settings.data.eval.empty();
    Doubt made{second_file ? "data.eval" : "data.eval_split",
        (all ? std::string("All ") : std::to_string(shared) + " of the ") + std::to_string(samples)
            + " samples to evaluate on are trained on too: what they tell is how well the data is "
              "remembered."};
    // A file that is half of use stays the person's; one that is of none gives way to a share held out.
    if (all && second_file) {
        made.mend.push_back({"data.eval", ""});
        if (plan.settings.data.eval_split == 0) made.mend.push_back({"data.eval_split", usual_split});
    }
    return {made};
}

} // namespace lora
