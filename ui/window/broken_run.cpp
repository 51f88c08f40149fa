#include "ui/window/broken_run.h"

#include "engine/runs/run_record.h"
#include "ui/window/notices.h"

#include <algorithm>

namespace lora {

namespace {

std::optional<RunListing> newestBroken(const std::string& runs) {
    const auto all = list_runs(runs);
    const auto broken =
        std::find_if(all.begin(), all.end(), [](const RunListing& run) { return run.resumable; });
    return broken == all.end() ? std::nullopt : std::optional(*broken);
}

} // namespace

BrokenRunOffer::BrokenRunOffer(EngineLink& link, Notices& notices, const QString& runs, QObject* parent)
    : QObject(parent), link_(link), notices_(notices), runs_(runs) {}

void BrokenRunOffer::look() {
    reader_.read([runs = runs_.toStdString()] { return newestBroken(runs); },
        [this](const std::optional<RunListing>& run) {
            if (!run) return;
            notices_.offer(tr("The run “%1” stopped at step %2 of %3.")
                               .arg(QString::fromStdString(run->name))
                               .arg(run->steps_done)
                               .arg(run->total_steps),
                {{tr("Resume"), [this, folder = run->folder] { link_.post(ResumeRun{folder}); }},
                    {tr("Open"), [this, folder = run->folder] { link_.post(OpenRun{folder}); }}});
        },
        [this](const QString& why) { notices_.complain(why); });
}

} // namespace lora
