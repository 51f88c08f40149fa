// What the strip beneath the plots says of how long it still takes.

#include "ui/training/progress_strip.h"

#include <QLabel>
#include <QTest>

using namespace lora;
using namespace Qt::StringLiterals;

namespace {

StepDone step(std::int64_t number, double secondsLeft) {
    StepDone done;
    done.record.step = number;
    done.total_steps = 95;
    done.seconds_left = secondsLeft;
    return done;
}

} // namespace

class ProgressStripTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void after_the_last_step_it_does_not_say_that_no_time_is_left() {
        ProgressStrip strip;
        const auto* left = strip.findChild<QLabel*>(u"timeLeftValue"_s);
        strip.setTotalSteps(95);
        strip.setStep(step(94, 3));
        QCOMPARE(left->text(), u"3 s"_s);
        strip.setStep(step(95, 0)); // an evaluation follows
        QCOMPARE(left->text(), u"finishing"_s);
        strip.setEnded(true);
        QCOMPARE(left->text(), u"done"_s);
    }
};

QTEST_MAIN(ProgressStripTest)
#include "progress_strip_test.moc"
