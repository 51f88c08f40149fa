#include "engine/messages.h"

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
    const char* operator()(const SaveAdapter&) const { return "save the adapter"; }
    const char* operator()(const Generate&) const { return "generate text"; }
    const char* operator()(const StopGeneration&) const { return "stop the generation"; }
};

} // namespace

std::string describe(const Command& command) { return std::visit(InWords{}, command); }

} // namespace lora
