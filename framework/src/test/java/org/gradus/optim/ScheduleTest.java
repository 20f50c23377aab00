package org.gradus.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Courses of the learning rate, against PyTorch's; see tests/goldens/optimizers.py. */
class ScheduleTest {
    @TestFactory
    Stream<DynamicTest> schedulesArePyTorchs() throws IOException {
        JsonNode goldens = OptimizerTest.goldens("schedules");
        Map<String, Schedule> schedules =
                Map.of(
                        "step", Schedule.step(3, 0.5),
                        "multiStep", Schedule.multiStep(0.1, 7, 2),
                        "exponential", Schedule.exponential(0.9),
                        "cosine", Schedule.cosine(11, 0.1),
                        "polynomial", Schedule.polynomial(8, 2, 0),
                        "linear", Schedule.linear(0.25, 1, 6),
                        "oneCycle", Schedule.oneCycle(12),
                        "cosineWithRestarts", Schedule.cosineWithRestarts(3, 2, 0.1),
                        "cosineWithEqualRestarts", Schedule.cosineWithRestarts(4, 1, 0));
        assertEquals(goldens.size(), schedules.size());
        return schedules.entrySet().stream()
                .map(
                        entry ->
                                DynamicTest.dynamicTest(
                                        entry.getKey(),
                                        () ->
                                                check(
                                                        entry.getValue(),
                                                        goldens.get(entry.getKey()))));
    }

    private static void check(Schedule schedule, JsonNode expected) {
        for (int step = 0; step < expected.size(); step++) {
            double factor = schedule.factor(step);
            assertEquals(expected.get(step).asDouble(), factor, 1e-12, "step " + step);
        }
    }

    @Test
    void schedulesCombine() {
        Schedule warm = Schedule.cosine(10).afterWarmUp(4);
        assertEquals(List.of(0.25, 0.5, 0.75, 1.0, 1.0), factors(warm, 5));
        assertEquals(0.5, warm.factor(9), 1e-12);
        assertEquals(0, warm.factor(99), 1e-12);
        Schedule two = Schedule.constant().then(2, Schedule.exponential(0.5));
        assertEquals(List.of(1.0, 1.0, 1.0, 0.5), factors(two, 4));
        assertEquals(List.of(1.0, 0.5, 0.25), factors(two.times(Schedule.step(1, 0.5)), 3));
        assertEquals(1, Schedule.inverseSquareRoot(4).factor(3));
        assertEquals(0.5, Schedule.inverseSquareRoot(4).factor(15));
    }

    private static List<Double> factors(Schedule schedule, int steps) {
        return IntStream.range(0, steps).mapToObj(schedule::factor).toList();
    }

    @Test
    void aPlateauReducesTheRateWhenPyTorchDoes() throws IOException {
        JsonNode goldens = OptimizerTest.goldens("plateaus");
        double[] values = {
            5, 4, 4.1, 3.9999, 4.2, Double.NaN, 3, 3, 3, 3, 3, 3.1, 2, 2.5, 2.5, 2.5, 2.5, 2.5
        };
        check(new ReduceOnPlateau(0.5, 1), values, false, goldens.get("loss"));
        ReduceOnPlateau cooling =
                new ReduceOnPlateau(0.1, 1).withCooldown(3).withThreshold(0.1).withLeast(0.02);
        check(cooling, values, false, goldens.get("cooldown"));
        check(new ReduceOnPlateau(0.5, 2), values, true, goldens.get("accuracy"));
    }

    /** Goes on from a saved state at every value. */
    private static void check(
            ReduceOnPlateau plateau, double[] values, boolean higher, JsonNode expected) {
        for (int i = 0; i < values.length; i++) {
            double[] state = plateau.state();
            plateau.reset();
            assertEquals(1, plateau.factor());
            plateau.restore(state);
            plateau.update(values[i], higher);
            assertEquals(expected.get(i).asDouble(), plateau.factor(), 1e-12, "value " + i);
        }
        assertThrows(IllegalArgumentException.class, () -> plateau.restore(new double[3]));
    }
}
