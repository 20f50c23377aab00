package org.gradus.tests.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.gradus.data.Digits;
import org.gradus.device.Devices;
import org.gradus.models.DigitsCnn;
import org.gradus.nn.Loss;
import org.gradus.optim.Adam;
import org.gradus.tests.conformance.TestDevices;
import org.gradus.train.StepReport;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingLength;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** One seed gives one curve: each device under test trains as the CPU does. */
class DevicesAgreeTest {
    private static final int STEPS = 50;

    /** Rounding differs between devices, and fifty steps carry it on. */
    private static final double TOLERANCE = 1e-4;

    @TestFactory
    Stream<DynamicTest> theFirstStepsHaveTheLossesOfTheCpu() {
        List<Double> expected = losses("cpu");
        return TestDevices.names().stream()
                .map(device -> DynamicTest.dynamicTest(device, () -> check(device, expected)));
    }

    private static void check(String device, List<Double> expected) {
        List<Double> actual = losses(device);
        assertEquals(STEPS, actual.size());
        for (int i = 0; i < STEPS; i++) {
            assertEquals(expected.get(i), actual.get(i), TOLERANCE, "loss of step " + (i + 1));
        }
    }

    private static List<Double> losses(String device) {
        List<Double> losses = new ArrayList<>();
        TrainingListener listener =
                new TrainingListener() {
                    @Override
                    public void onStep(StepReport report) {
                        losses.add(report.loss());
                    }
                };
        Trainer.of(new DigitsCnn())
                .device(Devices.of(device))
                .seed(1)
                .optimizer(Adam.withLearningRate(1e-3))
                .loss(Loss.crossEntropy())
                .reportEvery(1)
                .listener(listener)
                .fit(Digits.train(), TrainingLength.steps(STEPS));
        return losses;
    }
}
