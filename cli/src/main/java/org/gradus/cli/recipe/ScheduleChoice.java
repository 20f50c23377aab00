package org.gradus.cli.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.gradus.cli.settings.Section;
import org.gradus.optim.ReduceOnPlateau;
import org.gradus.optim.Schedule;

/**
 * How a recipe lets the learning rate change. Settings: {@code name}; {@code warmup_steps}, in
 * which it rises before all else; and those of the course that is named, see {@link #courses}.
 *
 * @param name the name by which it was chosen
 * @param schedule gives the schedule for a number of steps in all
 * @param plateau makes what reduces the learning rate besides, if anything does
 */
public record ScheduleChoice(
        String name, LongFunction<Schedule> schedule, Optional<Supplier<ReduceOnPlateau>> plateau) {
    private static final String PLATEAU = "reduce-on-plateau";
    private static final String CONSTANT = "constant";
    private static final int DEFAULT_PERIOD = 1000;
    private static final double DEFAULT_RISE = 0.3;
    private static final double START_DIVISOR = 25;
    private static final double END_DIVISOR = 1e4;
    private static final double DEFAULT_GAMMA = 0.1;
    private static final double DEFAULT_STEP_GAMMA = 0.999;
    private static final int DEFAULT_PATIENCE = 10;
    private static final double DEFAULT_THRESHOLD = 1e-4;
    private static final double UNBOUNDED = Double.POSITIVE_INFINITY;

    /** Returns the names of all schedules. */
    public static List<String> names() {
        return List.copyOf(courses().keySet());
    }

    /** Returns what reads the settings of each course, by its name. */
    private static Map<String, Function<Section, LongFunction<Schedule>>> courses() {
        Map<String, Function<Section, LongFunction<Schedule>>> courses = new LinkedHashMap<>();
        courses.put(CONSTANT, _ -> _ -> Schedule.constant());
        courses.put("cosine", ScheduleChoice::cosine);
        courses.put("cosine-restarts", ScheduleChoice::cosineRestarts);
        courses.put("one-cycle", ScheduleChoice::oneCycle);
        courses.put("linear", ScheduleChoice::linear);
        courses.put("polynomial", ScheduleChoice::polynomial);
        courses.put("exponential", ScheduleChoice::exponential);
        courses.put("step", ScheduleChoice::step);
        courses.put("multi-step", ScheduleChoice::multiStep);
        courses.put("inverse-square-root", ScheduleChoice::inverseSquareRoot);
        courses.put(PLATEAU, courses.get(CONSTANT));
        return courses;
    }

    static ScheduleChoice read(Section settings) {
        Map<String, Function<Section, LongFunction<Schedule>>> courses = courses();
        String name = settings.choice("name", CONSTANT, courses.keySet());
        int warmUp = settings.count("warmup_steps", 0, 0);
        LongFunction<Schedule> course = courses.get(name).apply(settings);
        Optional<Supplier<ReduceOnPlateau>> plateau =
                name.equals(PLATEAU) ? Optional.of(plateau(settings)) : Optional.empty();
        settings.end();
        return new ScheduleChoice(
                name,
                steps ->
                        warmUp == 0
                                ? course.apply(steps)
                                : course.apply(Math.max(1, steps - warmUp)).afterWarmUp(warmUp),
                plateau);
    }

    private static LongFunction<Schedule> cosine(Section settings) {
        double last = settings.between("last", 0, 0, 1);
        return steps -> Schedule.cosine(steps, last);
    }

    private static LongFunction<Schedule> cosineRestarts(Section settings) {
        int period = settings.count("period", DEFAULT_PERIOD, 1);
        int growth = settings.count("growth", 1, 1);
        double last = settings.between("last", 0, 0, 1);
        return _ -> Schedule.cosineWithRestarts(period, growth, last);
    }

    private static LongFunction<Schedule> oneCycle(Section settings) {
        double rise = settings.between("rise", DEFAULT_RISE, 0, 1);
        double start = settings.positive("start_divisor", START_DIVISOR);
        double end = settings.positive("end_divisor", END_DIVISOR);
        // A cycle has at least two steps, a training may have one.
        return steps -> Schedule.oneCycle(Math.max(2, steps), rise, start, end);
    }

    private static LongFunction<Schedule> linear(Section settings) {
        double last = settings.between("last", 0, 0, 1);
        return steps -> Schedule.linear(1, last, steps);
    }

    private static LongFunction<Schedule> polynomial(Section settings) {
        double power = settings.positive("power", 2);
        double last = settings.between("last", 0, 0, 1);
        return steps -> Schedule.polynomial(steps, power, last);
    }

    private static LongFunction<Schedule> exponential(Section settings) {
        double gamma = settings.positive("gamma", DEFAULT_STEP_GAMMA);
        return _ -> Schedule.exponential(gamma);
    }

    private static LongFunction<Schedule> step(Section settings) {
        int size = settings.count("step_size", DEFAULT_PERIOD, 1);
        double gamma = settings.positive("gamma", DEFAULT_GAMMA);
        return _ -> Schedule.step(size, gamma);
    }

    private static LongFunction<Schedule> multiStep(Section settings) {
        List<Integer> milestones = settings.counts("milestones", List.of(DEFAULT_PERIOD));
        double gamma = settings.positive("gamma", DEFAULT_GAMMA);
        return _ ->
                Schedule.multiStep(
                        gamma, milestones.stream().mapToLong(Integer::longValue).toArray());
    }

    private static LongFunction<Schedule> inverseSquareRoot(Section settings) {
        int flat = settings.count("flat_steps", DEFAULT_PERIOD, 1);
        return _ -> Schedule.inverseSquareRoot(flat);
    }

    private static Supplier<ReduceOnPlateau> plateau(Section settings) {
        double gamma = settings.between("gamma", DEFAULT_GAMMA, 0, 1);
        int patience = settings.count("patience", DEFAULT_PATIENCE, 0);
        double threshold = settings.between("threshold", DEFAULT_THRESHOLD, 0, UNBOUNDED);
        int cooldown = settings.count("cooldown", 0, 0);
        double last = settings.between("last", 0, 0, 1);
        if (gamma == 0) {
            throw settings.wrong("gamma", "is a number above 0 and below 1");
        }
        return () ->
                new ReduceOnPlateau(gamma, patience)
                        .withThreshold(threshold)
                        .withCooldown(cooldown)
                        .withLeast(last);
    }
}
