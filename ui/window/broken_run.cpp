#include "ui/window/broken_run.h"

#include "engine/runs/run_record.h"
#include "ui/window/notices.h"

#include <algorithm>

namespace lora {

namespace {

/// The newest run, if it was cut off before its first checkpoint; else the newest one that can go on.
std::optional<RunListing> newestBroken(const std::string& runs) {
    const auto all = list_runs(runs);
    if (!all.empty() && all.front().cut_off) return all.front();
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
            if (run) offer(*run);
        },
        [this](const QString& why) { notices_.complain(why); });
}

void BrokenRunOffer::offer(const RunListing& run) {
    const QString where = tr("The run “%1” stopped at step %2 of %3")
                              .arg(QString::fromStdString(run.called()))
                              .arg(run.steps_done)
                              .arg(run.total_steps);
    const BannerAction open{tr("Open"), [this, folder = run.folder] { link_.post(OpenRun{folder}); }};
    if (run.cut_off)
        return notices_.offer(tr("%1, before its first checkpoint, and cannot go on. Opened, its settings "
                                 "can be started again.")
                                  .arg(where),
            {open});
    notices_.offer(
        where + u'.', {{tr("Resume"), [this, folder = run.folder] { link_.post(ResumeRun{folder}); }}, open});
}

} // namespace lora
