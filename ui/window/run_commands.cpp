#include "ui/window/run_commands.h"

#include "ui/link/engine_link.h"
#include "ui/window/window_actions.h"

#include <QAction>

namespace lora {

void serveRunCommands(const WindowActions& actions, EngineLink& link) {
    const auto on = [](QAction* action, auto&& act) {
        QObject::connect(action, &QAction::triggered, action, act);
    };
    on(actions.pause, [&link] { link.post(PauseRun{}); });
    on(actions.stop, [&link] { link.post(StopRun{}); });
    on(actions.saveNow, [&link] { link.post(SaveNow{}); });
    on(actions.unload, [&link] { link.post(UnloadAdapter{}); });
}

} // namespace lora
