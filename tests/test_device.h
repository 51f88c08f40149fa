#pragma once
// The device that a test's tensors lie on: the CPU, or what LORA_TEST_DEVICE names.

#include "engine/devices/devices.h"

#include <QTest>
#include <string>

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace lora {

inline c10::Device test_device() {
    return c10::Device(qEnvironmentVariable("LORA_TEST_DEVICE", QStringLiteral("cpu")).toStdString());
}

/// Why nothing can run on the test's device; empty where it can.
inline QString why_not_on_test_device() {
    const Devices devices = find_devices();
    return test_device().is_cpu() || devices.found.size() > 1
               ? QString()
               : QStringLiteral("No GPU to test on: ") + QString::fromStdString(devices.why_no_gpu);
}

} // namespace lora

/// In initTestCase: leaves all tests of the class out where their device is not there.
#define SKIP_WITHOUT_TEST_DEVICE()                                                                           \
    const QString why_not = lora::why_not_on_test_device();                                                  \
    if (!why_not.isEmpty()) QSKIP(qPrintable(why_not))
