package org.gradus.cli.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import org.gradus.cli.input.InputException;
import org.gradus.device.Device;
import org.gradus.device.Devices;
import org.gradus.dtype.DType;
import org.gradus.models.Gpt;
import org.gradus.models.ResNet;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;

/** The training steps that are meant for GPUs, at sizes that a processor does in seconds. */
class TrainingTest {
    private final Device device = Devices.of("cpu");

    private TrainingStep step(Workload workload) {
        return (TrainingStep) workload.cases().getFirst().preparation().apply(device);
    }

    @Test
    void resNet50HasTheSizeThatIsPublished() {
        assertEquals(25_557_032, ResNet.resnet50(3, 1000).parameterCount());
    }

    @Test
    void gpt2HasTheSizeThatIsPublished() {
        Gpt.Settings settings = Gpt.Settings.of(50257, 1024, 768, 12, 12);
        assertEquals(124_439_808, new Gpt(settings).parameterCount());
    }

    @Test
    void aStepOfResNet50ChangesItsFirstAndLastWeights() {
        TrainingStep step = step(Training.resnet50(32, 2));
        Map<String, HostArray> before = step.values();
        assertEquals(Shape.of(2, 3, 32, 32), before.get("batch.input").shape());
        assertTrue(Double.isFinite(step.loss()));
        step.run();
        Map<String, HostArray> after = step.values();
        for (String name : new String[] {"conv1.weight", "layer4.2.conv3.weight", "fc.bias"}) {
            float[] values = after.get(name).toFloats();
            assertFalse(Arrays.equals(before.get(name).toFloats(), values), name);
            assertTrue(Float.isFinite(values[0]), name);
        }
    }

    @Test
    void stepsOfGpt2LearnTheirBatchInBothPrecisions() {
        Workload small = Training.gpt2(Gpt.Settings.of(97, 8, 24, 2, 2), 2);
        for (DType precision : new DType[] {DType.F32, DType.BF16}) {
            TrainingStep step = step(small.in(precision));
            double before = step.loss();
            assertEquals(Math.log(97), before, 0.5);
            for (int i = 0; i < 5; i++) {
                step.run();
            }
            assertTrue(step.loss() < before, precision.toString());
        }
    }

    @Test
    void onlyTrainingStepsHaveAPrecision() {
        Workload products = Workloads.find("matmul");
        products.in(DType.F32).cases().getFirst().preparation().apply(device);
        var preparation = products.in(DType.BF16).cases().getFirst().preparation();
        var e = assertThrows(InputException.class, () -> preparation.apply(device));
        assertTrue(e.getMessage().contains("no training step"), e.getMessage());
    }
}
