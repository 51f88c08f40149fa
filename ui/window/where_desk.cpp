#include "ui/window/where_desk.h"

#include "ui/setup/setup_column.h"
#include "ui/window/connection_notices.h"
#include "ui/window/notices.h"
#include "ui/window/setup_desk.h"
#include "ui/window/where_menu.h"

namespace lora {

using namespace Qt::StringLiterals;

WhereDesk::WhereDesk(EngineLink& link, const Parts& parts, QObject* parent) : QObject(parent) {
    SetupColumn* setup = &parts.setup;
    SetupDesk* desk = &parts.desk;
    setup->setDevices(parts.devices);
    connect(&link, &EngineLink::placeChanged, this, [this, &link, setup, desk, devices = parts.devices] {
        setup->setDevices(devices);
        modelWaits_ = link.remote() != nullptr;
        if (!modelWaits_) desk->loadModel();
    });
    connect(&link, &EngineLink::connectionChanged, this, [setup](const ConnectionChanged& now) {
        if (now.reach == Reach::Connected) setup->setDevices(now.engine.devices);
    });
    link.on<DevicesFound>(this, [setup](const DevicesFound& found) { setup->setDevices(found.devices); });
    // An engine that is at work has its own model, and another machine other files.
    link.on<StateChanged>(this, [this, &link, desk](const StateChanged& now) {
        if (!std::exchange(modelWaits_, false)) return;
        if (now.state == EngineState::Empty && !link.isElsewhere()) desk->loadModel();
    });
    auto* menu = new WhereMenu(link, parts.menu, parts.command);
    parts.notices.follow(menu, u"where"_s);
    new ConnectionNotices(link, parts.notices, *menu);
}

} // namespace lora
