#include "ui/window/run_commands.h"

#include "ui/link/engine_link.h"
#include "ui/setup/setup_column.h"
#include "ui/window/notices.h"
#include "ui/window/run_queue.h"
#include "ui/window/setup_desk.h"
#include "ui/window/window_actions.h"

#include <QAction>

namespace lora {

using namespace Qt::StringLiterals;

void serveRunCommands(const WindowActions& actions, const RunCommands& commands) {
    const auto on = [](QAction* action, auto&& act) {
        QObject::connect(action, &QAction::triggered, action, act);
    };
    on(actions.start, [&desk = commands.desk, show = commands.showTraining] {
        show();
        desk.start();
    });
    on(actions.enqueue, [&queue = commands.queue, &setup = commands.setup] { queue.add(setup.settings()); });
    QObject::connect(&commands.setup, &SetupColumn::enqueueClicked, actions.enqueue, &QAction::trigger);
    commands.notices.follow(&commands.queue, u"queue"_s);
    on(actions.resume, [&desk = commands.desk] { desk.resume(); });
    on(actions.pause, [&link = commands.link] { link.post(PauseRun{}); });
    on(actions.stop, [&link = commands.link] { link.post(StopRun{}); });
    on(actions.saveNow, [&link = commands.link] { link.post(SaveNow{}); });
    on(actions.unload, [&link = commands.link] { link.post(UnloadAdapter{}); });
}

} // namespace lora
