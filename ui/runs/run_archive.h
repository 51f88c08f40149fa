#pragma once
// Reads past runs off the window's thread: the list of all, those of sweeps among them, and the curves of
// one.

#include "engine/runs/run_record.h"
#include "ui/elements/background_reader.h"

#include <QObject>
#include <QString>
#include <memory>
#include <vector>

namespace lora {

class RunArchive : public QObject {
    Q_OBJECT
public:
    explicit RunArchive(const QString& folder, QObject* parent = nullptr);

    const QString& folder() const { return folder_; }
    /// Lists all runs of the folder and of the sweeps beside it anew; of calls that overlap, the last one
    /// answers.
    void refresh();
    /// Reads one run's curves.
    void read(const std::string& run);

Q_SIGNALS:
    void listed(const std::vector<lora::RunListing>& runs);
    void runRead(std::shared_ptr<const lora::RunRecord> run);
    void failed(const std::string& run, const QString& why); ///< `run` is empty where it is the list

private:
    QString folder_;
    BackgroundReader reader_;
    int listing_ = 0; ///< counts the calls of refresh()
};

} // namespace lora
