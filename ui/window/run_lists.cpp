#include "ui/window/run_lists.h"

#include "ui/link/engine_link.h"
#include "ui/runs/runs_page.h"
#include "ui/sweeps/sweeps_page.h"
#include "ui/window/file_desk.h"
#include "ui/window/notices.h"

namespace lora {

using namespace Qt::StringLiterals;

void serveRunLists(const RunLists& lists) {
    lists.notices.follow(&lists.runs, u"runs"_s);
    lists.notices.follow(&lists.sweeps, u"sweeps"_s);
    const auto open = [lists](const QString& folder) {
        lists.showTraining();
        lists.files.open(FileKind::Run, folder);
    };
    QObject::connect(&lists.runs, &RunsPage::openRequested, &lists.files, open);
    QObject::connect(&lists.sweeps, &SweepsPage::runOpenRequested, &lists.files, open);
    QObject::connect(&lists.runs, &RunsPage::resumeRequested, &lists.files, [lists](const QString& folder) {
        lists.showTraining();
        lists.link.post(ResumeRun{folder.toStdString()});
    });
    QObject::connect(&lists.runs, &RunsPage::bestOpenRequested, &lists.files, [lists](const QString& folder) {
        lists.showTraining();
        lists.link.post(OpenRun{folder.toStdString(), /*best=*/true});
    });
}

} // namespace lora
