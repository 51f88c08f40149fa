#pragma once
// Where a run's time goes, phase by phase, while it trains.

#include "engine/machine/profile.h"

#include <QTreeWidget>

namespace lora {

class ProfileView : public QTreeWidget {
    Q_OBJECT
public:
    explicit ProfileView(QWidget* parent = nullptr);
    /// Phases that took no time are left out.
    void setProfile(const Profile& profile);
};

} // namespace lora
