// What the panel of the model says of devices.
#include "ui/setup/model_panel.h"

#include <QComboBox>
#include <QtTest>

using namespace lora;
using namespace Qt::StringLiterals;

class ModelPanelTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void auto_is_called_by_the_device_that_it_takes() {
        Devices devices;
        devices.found = {{"cpu", "A processor", 0}, {"cuda:0", "First GPU", 0}, {"cuda:1", "Second GPU", 0}};
        ModelPanel panel;
        panel.setDevices(devices);
        const auto* choice = panel.findChild<QComboBox*>(u"device"_s);
        QCOMPARE(choice->itemText(0), u"auto: First GPU"_s);
        QCOMPARE(automatic_device(devices).id, std::string("cuda:0"));

        devices.found.resize(1);
        panel.setDevices(devices);
        QCOMPARE(choice->itemText(0), u"auto: A processor"_s);
        QCOMPARE(choice->count(), 2);
    }
};

QTEST_MAIN(ModelPanelTest)
#include "model_panel_test.moc"
