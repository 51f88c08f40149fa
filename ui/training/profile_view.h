#pragma once
// Where a run's time goes, phase by phase, while it trains.

#include "ui/link/engine_link.h"

#include <QTreeWidget>

namespace lora {

class ProfileView : public QTreeWidget {
    Q_OBJECT
public:
    explicit ProfileView(EngineLink& link, QWidget* parent = nullptr);

private:
    /// Phases that took no time are left out.
    void setProfile(const Profile& profile);
};

} // namespace lora
