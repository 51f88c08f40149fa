#pragma once
// The folder that a monkey plays in. It is the process's home too, and all that it starts or asks for over
// the network leads nowhere.

#include "tests/ui/monkey_chance.h"

#include <QStringList>
#include <QTemporaryDir>
#include <map>

namespace lora {

class MonkeyGround {
public:
    /// Before the application is made: sets the environment.
    MonkeyGround();

    QString path() const { return folder_.path(); }
    /// Past runs into the folder that the window reads them from.
    void layRuns(const QString& runs) const;
    /// What lies here now is what mend() brings back.
    void keep();
    /// Another thing to open, drop or name, by its path.
    void add(const QString& path) { things_ << path; }
    /// A path: of a model, data, an adapter, a run, junk, or of nothing.
    QString thing(Chance& chance) const;
    /// Deletes, empties, cuts, replaces or renames a file or folder anywhere below; says what.
    QString damage(Chance& chance) const;
    /// What was damaged is whole again; what came since stays.
    void mend() const;

private:
    void layFixtures() const;

    QTemporaryDir folder_;
    QStringList things_;
    std::map<QString, QByteArray> kept_; ///< by the file's path
};

} // namespace lora
