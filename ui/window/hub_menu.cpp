#include "ui/window/hub_menu.h"

#include "ui/hub/hub_dialog.h"
#include "ui/window/file_desk.h"
#include "ui/window/notices.h"
#include "ui/window/window_actions.h"

#include <QAction>

namespace lora {

using namespace Qt::StringLiterals;

void serveHub(const WindowActions& actions, HubDialog& hub, FileDesk& files, Notices& notices) {
    QObject::connect(actions.openHub, &QAction::triggered, &hub, &HubDialog::bringUp);
    QObject::connect(
        &hub, &HubDialog::openWanted, &files, [&files](RepositoryKind kind, const QString& path) {
            kind == RepositoryKind::Model ? files.openPath(path) : files.open(FileKind::Dataset, path);
        });
    notices.follow(&hub, u"hub"_s);
}

} // namespace lora
