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

    /** A quarter of a second each, on a processor that takes turns for the threads of a GPU. */
    private static final int EMULATED_STEPS = 10;

    /** Rounding differs between devices, and fifty steps carry it on. */
    private static final double TOLERANCE = 1e-4;

    @TestFactory
    Stream<DynamicTest> theFirstStepsHaveTheLossesOfTheCpu() {
        List<Double> expected = losses("cpu", STEPS);
        return TestDevices.names().stream()
                .map(device -> DynamicTest.dynamicTest(device, () -> check(device, expected)));
    }

    private static void check(String device, List<Double> expected) {
        boolean emulated = TestDevices.isEmulated(Devices.of(device));
        int steps = emulated ? EMULATED_STEPS : STEPS;
        List<Double> actual = losses(device, steps);
        assertEquals(steps, actual.size());
        for (int i = 0; i < steps; i++) {
            assertEquals(expected.get(i), actual.get(i), TOLERANCE, "loss of step " + (i + 1));
        }
    }

    private static List<Double> losses(String device, int steps) {
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
                .fit(Digits.train(), TrainingLength.steps(steps));
        return losses;
    }
}
