package org.gradus.cli.recipe;

import java.util.List;
import java.util.function.LongFunction;
import org.gradus.cli.settings.Section;
import org.gradus.optim.Schedule;

/**
 * How a recipe lets the learning rate change. Settings: {@code name}; {@code warmup_steps}, in
 * which it rises; {@code last}, the factor that cosine and linear end at; for one-cycle {@code
 * rise}, the share of the steps in which it rises; for step {@code step_size} (in steps) and {@code
 * gamma}.
 *
 * @param name the name by which it was chosen
 * @param schedule gives the schedule for a number of steps in all
 */
public record ScheduleChoice(String name, LongFunction<Schedule> schedule) {
    private static final List<String> NAMES =
            List.of("constant", "cosine", "one-cycle", "linear", "step");
    private static final int DEFAULT_STEP_SIZE = 1000;
    private static final double DEFAULT_RISE = 0.3;
    private static final double START_DIVISOR = 25;
    private static final double END_DIVISOR = 1e4;
    private static final double DEFAULT_GAMMA = 0.1;

    static ScheduleChoice read(Section settings) {
        String name = settings.choice("name", "constant", NAMES);
        int warmUp = settings.count("warmup_steps", 0, 0);
        LongFunction<Schedule> course = course(name, settings);
        settings.end();
        return new ScheduleChoice(
                name,
                steps ->
                        warmUp == 0
                                ? course.apply(steps)
                                : course.apply(Math.max(1, steps - warmUp)).afterWarmUp(warmUp));
    }

    private static LongFunction<Schedule> course(String name, Section settings) {
        return switch (name) {
            case "cosine" -> {
                double last = settings.between("last", 0, 0, 1);
                yield steps -> Schedule.cosine(steps, last);
            }
            case "one-cycle" -> {
                double rise = settings.between("rise", DEFAULT_RISE, 0, 1);
                // A cycle has at least two steps, a training may have one.
                yield steps ->
                        Schedule.oneCycle(Math.max(2, steps), rise, START_DIVISOR, END_DIVISOR);
            }
            case "linear" -> {
                double last = settings.between("last", 0, 0, 1);
                yield steps -> Schedule.linear(1, last, steps);
            }
            case "step" -> {
                int size = settings.count("step_size", DEFAULT_STEP_SIZE, 1);
                double gamma = settings.positive("gamma", DEFAULT_GAMMA);
                yield _ -> Schedule.step(size, gamma);
            }
            default -> _ -> Schedule.constant();
        };
    }
}
