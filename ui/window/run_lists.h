#pragma once
// What the lists of past runs and of sweeps ask for: a run opened or gone on with, the page of training in
// front.

#include <functional>

namespace lora {

class EngineLink;
class FileDesk;
class Notices;
class RunsPage;
class SweepsPage;

struct RunLists {
    EngineLink& link;
    RunsPage& runs;
    SweepsPage& sweeps;
    FileDesk& files;
    Notices& notices;
    std::function<void()> showTraining;
};

/// All live as long as the pages.
void serveRunLists(const RunLists& lists);

} // namespace lora
