#pragma once
// A sweep made by hand: a name and axes beside the set-up's settings, with the number of runs it makes.

#include "ui/sweeps/sweep_draft.h"

#include <QWidget>
#include <vector>

class QCheckBox;
class QComboBox;
class QLineEdit;

namespace lora {

class Note;

class AxisEditor : public QWidget {
    Q_OBJECT
public:
    explicit AxisEditor(QWidget* parent = nullptr);

    /// The settings that axes vary; the counts follow.
    void setBase(const RunSettings& base);
    QString name() const;
    std::vector<AxisText> axes() const;
    /// Whether α goes along with the rank.
    bool keepsScale() const;
    bool isSound() const { return sound_; }

Q_SIGNALS:
    void changed();

private:
    struct Fields {
        QComboBox* setting;
        QLineEdit* values;
    };

    void addFields(int index, const QString& setting, const QString& values);
    void refresh();

    RunSettings base_;
    bool sound_ = false;
    QLineEdit* name_;
    std::vector<Fields> fields_;
    QCheckBox* keepScale_;
    Note* note_;
};

} // namespace lora
