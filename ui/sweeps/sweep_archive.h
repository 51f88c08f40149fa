#pragma once
// Reads sweeps' folders off the window's thread: which there are, and the table of one.

#include "engine/sweeps/sweep_table.h"
#include "ui/elements/background_reader.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>

namespace lora {

class SweepArchive : public QObject {
    Q_OBJECT
public:
    explicit SweepArchive(const QString& folder, QObject* parent = nullptr);

    const QString& folder() const { return folder_; }
    /// Folders of sweeps, the newest first.
    QStringList sweeps() const;
    /// A folder that does not exist yet: "2026-11-24 201500 ranks".
    QString newFolder(const QString& name) const;
    void read(const QString& sweep);

Q_SIGNALS:
    void tableRead(const QString& sweep, std::shared_ptr<const lora::SweepTable> table);
    void failed(const QString& sweep, const QString& why);

private:
    QString folder_;
    BackgroundReader reader_;
};

} // namespace lora
