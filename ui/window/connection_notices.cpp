#include "ui/window/connection_notices.h"

#include "ui/elements/words.h"
#include "ui/window/notices.h"
#include "ui/window/where_menu.h"

namespace lora {

using namespace Qt::StringLiterals;

namespace {

const QString aboutConnection = u"connection"_s;

} // namespace

ConnectionNotices::ConnectionNotices(EngineLink& link, Notices& notices, WhereMenu& where)
    : QObject(&where), link_(link), notices_(notices), where_(where) {
    connect(
        &link_, &EngineLink::connectionChanged, this, [this](const ConnectionChanged& now) { tell(now); });
    connect(&link_, &EngineLink::engineLost, this, [this](const EngineLost& lost) { tell(lost); });
    connect(&link_, &EngineLink::placeChanged, this, [this] { notices_.forget(aboutConnection); });
}

QString ConnectionNotices::place() const {
    return link_.remote() == nullptr ? QString() : text(link_.remote()->place().name);
}

QString ConnectionNotices::whereItWorks(const Welcome& engine) const {
    if (!link_.isElsewhere()) return tr("The engine works in process %1.").arg(engine.process);
    return tr("The engine works on %1, process %2. Models, data and runs are those of that machine; the "
              "pages Runs and "
              "Sweeps list this one's.")
        .arg(text(engine.machine))
        .arg(engine.process);
}

void ConnectionNotices::tell(const ConnectionChanged& now) {
    const BannerAction again{tr("Try again"), [this] {
                                 if (link_.remote() != nullptr) link_.remote()->try_again();
                             }};
    const BannerAction here{tr("Work in this window"), [this] { where_.workHere(); }};
    const BannerAction over{tr("Take it over"), [this] {
                                if (link_.remote() != nullptr) link_.remote()->take_over();
                            }};
    notices_.forget(aboutConnection);
    const QString why = text(now.why);
    switch (now.reach) {
    case Reach::Connecting: break;
    case Reach::Connected:
        // What became of a run stays in front.
        if (before_ != Reach::Connected && !lostRun_) notices_.say(whereItWorks(now.engine), aboutConnection);
        lostRun_ = false;
        break;
    case Reach::Waiting:
        notices_.warn(
            tr("The connection to the engine (%1) is cut: %2. What goes on there goes on; it is tried again.")
                .arg(place(), why),
            {again}, aboutConnection);
        break;
    case Reach::Occupied:
        notices_.warn(
            tr("The engine (%1) is another window's: %2.").arg(place(), why), {over, here}, aboutConnection);
        break;
    case Reach::Failed:
        notices_.warn(tr("The engine (%1) could not be reached: %2.").arg(place(), why), {again, here},
            aboutConnection);
        break;
    }
    before_ = now.reach;
}

void ConnectionNotices::tell(const EngineLost& lost) {
    if (lost.run.empty()) return; // the model's closing tells of it
    lostRun_ = true;
    notices_.warn(tr("%1 The run is saved as far as its last checkpoint.").arg(text(lost.why)),
        {{tr("Go on from the last checkpoint"), [this, run = lost.run] { link_.post(ResumeRun{run}); }},
            {tr("Open"), [this, run = lost.run] { link_.post(OpenRun{run}); }}},
        u"run"_s);
}

} // namespace lora
