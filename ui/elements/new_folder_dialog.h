#pragma once
// The dialog that asks under which name a new folder is to be written. A name that is taken is never gone
// into: the person is told, or asked where it may be replaced.

#include <QFileDialog>

namespace lora {

class NewFolderDialog : public QFileDialog {
    Q_OBJECT
public:
    /// `name` is proposed in `folder`; with `replacesAdapters` an adapter of that name may be replaced.
    NewFolderDialog(QWidget* parent, const QString& title, const QString& folder, const QString& name,
        bool replacesAdapters);

    QString chosen() const;
    void accept() override;

private:
    void askToReplace();
    void refuse(const QString& why);

    bool replacesAdapters_;
};

} // namespace lora
