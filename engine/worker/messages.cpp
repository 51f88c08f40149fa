#include "engine/worker/messages.h"

namespace lora {

namespace {

struct InWords {
    const char* operator()(const LoadModel&) const { return "load the model"; }
    const char* operator()(const LoadDataset&) const { return "read the dataset"; }
    const char* operator()(const StartRun&) const { return "start the run"; }
    const char* operator()(const PauseRun&) const { return "pause the run"; }
    const char* operator()(const ContinueRun&) const { return "continue the run"; }
    const char* operator()(const StopRun&) const { return "stop the run"; }
    const char* operator()(const SaveNow&) const { return "save now"; }
    const char* operator()(const OpenRun&) const { return "open the run"; }
    const char* operator()(const ResumeRun&) const { return "resume the run"; }
    const char* operator()(const LoadAdapter&) const { return "load the adapter"; }
    const char* operator()(const UnloadAdapter&) const { return "unload the adapter"; }
    const char* operator()(const SaveAdapter&) const { return "save the adapter"; }
    const char* operator()(const Generate&) const { return "generate text"; }
    const char* operator()(const StopGeneration&) const { return "stop the generation"; }
    const char* operator()(const CompareAdapters&) const { return "compare the adapters"; }
    const char* operator()(const CompareWithWeights&) const { return "compare with the weights"; }
    const char* operator()(const AdviseRank&) const { return "advise a rank"; }
    const char* operator()(const StopAnalysis&) const { return "stop the analysis"; }
    const char* operator()(const SaveTruncated&) const { return "save the smaller adapter"; }
    const char* operator()(const MergeModel&) const { return "merge the model"; }
    const char* operator()(const StartSweep&) const { return "start the sweep"; }
    const char* operator()(const ResumeSweep&) const { return "go on with the sweep"; }
    const char* operator()(const ExportGguf&) const { return "export the adapter"; }
    const char* operator()(const SurveyData&) const { return "look through the dataset"; }
    const char* operator()(const ShowRow&) const { return "show the row"; }
    const char* operator()(const StopSurvey&) const { return "stop looking through the dataset"; }
};

/// Commands of which, asked several times, only the last answer is wanted.
struct IsQuestion {
    template <class Other>
    bool operator()(const Other&) const {
        return false;
    }
    bool operator()(const LoadModel&) const { return true; }
    bool operator()(const LoadDataset&) const { return true; }
    bool operator()(const OpenRun&) const { return true; }
    bool operator()(const Generate&) const { return true; }
    bool operator()(const CompareAdapters&) const { return true; }
    bool operator()(const CompareWithWeights&) const { return true; }
    bool operator()(const AdviseRank&) const { return true; }
    bool operator()(const SurveyData&) const { return true; }
    bool operator()(const ShowRow&) const { return true; }
};

} // namespace

std::string describe(const Command& command) { return std::visit(InWords{}, command); }

bool can_be_superseded(const Command& command) { return std::visit(IsQuestion{}, command); }

bool supersedes(const Command& newer, const Command& older) {
    if (!can_be_superseded(older)) return false;
    if (newer.index() == older.index()) return true;
    // Rows of a survey are asked for in its own numbering.
    if (std::holds_alternative<SurveyData>(newer)) return std::holds_alternative<ShowRow>(older);
    const bool asks_of_a_model =
        std::holds_alternative<LoadDataset>(older) || std::holds_alternative<LoadModel>(older);
    if (std::holds_alternative<LoadModel>(newer)) return std::holds_alternative<LoadDataset>(older);
    return std::holds_alternative<OpenRun>(newer) && asks_of_a_model;
}

} // namespace lora
