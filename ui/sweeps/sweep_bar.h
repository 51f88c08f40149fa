#pragma once
// The strip above a sweep: which one is in sight, how far it is, and the buttons that make one, start it,
// stop it and go on with it.

#include <QStringList>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace lora {

class SweepBar : public QWidget {
    Q_OBJECT
public:
    explicit SweepBar(QWidget* parent = nullptr);

    /// Folders of all sweeps, and of the one in sight, which may be none of them; empty: none.
    void setSweeps(const QStringList& folders, const QString& current);
    /// The folder that stands first; empty where there is none.
    QString first() const;
    /// How far the sweep in sight is.
    void setWords(const QString& words);

    struct State {
        bool free;       ///< a sweep can begin
        bool sound;      ///< the draft can
        bool live;       ///< a sweep is under way
        bool running;    ///< so is a run
        bool unfinished; ///< runs of the one in sight are left to do
        bool failed;     ///< some have failed
    };
    void setState(const State& state);
    void closeDraft();

Q_SIGNALS:
    void chosen(const QString& folder);
    void fileWanted();
    void draftToggled(bool on);
    void startWanted();
    void stopWanted();
    void resumeWanted(bool retryFailed);

private:
    void build();

    QComboBox* sweeps_;
    QLabel* progress_;
    QPushButton* fromFile_;
    QPushButton* draft_;
    QPushButton* start_;
    QPushButton* stop_;
    QPushButton* resume_;
    QPushButton* retry_;
};

} // namespace lora
