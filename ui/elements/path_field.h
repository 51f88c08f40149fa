#pragma once
// A path to type or to choose: a line that shows the end of the path, and a button that asks.

#include <QWidget>

class QFontMetrics;
class QLineEdit;
class QToolButton;

namespace lora {

/// The path in `width` pixels: whole, or … and the last folders and the name that have room.
QString shortenedPath(const QString& path, const QFontMetrics& metrics, int width);

class PathField : public QWidget {
    Q_OBJECT
public:
    /// The line gets `objectName`, so that a test finds it.
    PathField(const QString& objectName, const QString& placeholder, QWidget* parent = nullptr);

    QString path() const;
    void setPath(const QString& path);
    /// What the path is for: its accessible name, and a tool tip that stands before the path itself.
    void describe(const QString& name, const QString& help);

Q_SIGNALS:
    void browseRequested();
    void pathEntered(const QString& path); ///< by the user, finished

private:
    void showTip();

    QString help_;
    QLineEdit* line_;
    QToolButton* browse_;
};

} // namespace lora
