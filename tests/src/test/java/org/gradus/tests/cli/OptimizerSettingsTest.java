package org.gradus.tests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.gradus.cli.input.InputException;
import org.gradus.cli.recipe.OptimizerChoice;
import org.gradus.cli.recipe.Recipe;
import org.gradus.cli.recipe.Recipes;
import org.gradus.cli.recipe.ScheduleChoice;
import org.gradus.cli.settings.Setting;
import org.gradus.nn.Linear;
import org.gradus.nn.Parameter;
import org.gradus.nn.Sequential;
import org.gradus.optim.Adadelta;
import org.gradus.optim.Adam;
import org.gradus.optim.AdamW;
import org.gradus.optim.LAMB;
import org.gradus.optim.Lion;
import org.gradus.optim.Muon;
import org.gradus.optim.NAdam;
import org.gradus.optim.ParameterGroup;
import org.gradus.optim.RMSProp;
import org.gradus.optim.SGD;
import org.gradus.optim.Schedule;
import org.gradus.optim.UpdateRule;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All optimizers and schedules, named in YAML with their settings. */
class OptimizerSettingsTest {
    private static final Path PAGE =
            Path.of(System.getProperty("gradus.root")).resolve("docs/adding-a-recipe.md");

    @TempDir private Path folder;

    private static Recipe digits(String path, String yaml) {
        return Recipes.find("digits", List.of(new Setting("--set " + path, path, yaml)));
    }

    private static UpdateRule rule(String yaml) {
        return digits("optimizer", yaml).optimizer().rule();
    }

    @Test
    void aFewStepsAreTrainedWithEach() throws IOException {
        List<String> optimizers = OptimizerChoice.names();
        List<String> schedules = ScheduleChoice.names();
        assertTrue(optimizers.size() >= 11 && schedules.size() >= 11);
        for (int i = 0; i < Math.max(optimizers.size(), schedules.size()); i++) {
            String optimizer = optimizers.get(i % optimizers.size());
            String schedule = schedules.get(i % schedules.size());
            Path run = folder.resolve(optimizer + "-" + schedule);
            List<Object> arguments = new ArrayList<>(List.of("train", "digits", "--out", run));
            arguments.addAll(List.of("--steps", 3, "--set", "log_every=1"));
            arguments.addAll(List.of("--learning-rate", 0.001));
            arguments.addAll(List.of("--set", "optimizer=" + optimizer));
            arguments.addAll(List.of("--set", "schedule=" + schedule));
            Cli.run(arguments.toArray()).succeeded();
            double first = firstLoss(run);
            JsonNode validation = Cli.json(run.resolve("summary.json")).path("validation");
            assertTrue(
                    validation.path("loss").asDouble() < first + 0.5,
                    optimizer + " with " + schedule + ": " + first + ", then " + validation);
            assertTrue(validation.path("loss").isNumber(), validation.toString());
        }
    }

    private static double firstLoss(Path run) throws IOException {
        String line = Files.readAllLines(run.resolve("metrics.jsonl")).getFirst();
        Path file = Files.writeString(run.resolve("first.json"), line);
        JsonNode values = Cli.json(file);
        assertTrue(values.findValue("loss") != null, line);
        return values.findValue("loss").asDouble();
    }

    @Test
    void thePageListsThemWithTheirSettings() throws IOException {
        String page = Files.readString(PAGE);
        for (String name : OptimizerChoice.names()) {
            assertListed(page, name, digits("optimizer", name).resolved().path("optimizer"));
        }
        for (String name : ScheduleChoice.names()) {
            assertListed(page, name, digits("schedule", name).resolved().path("schedule"));
        }
    }

    private static void assertListed(String page, String name, JsonNode settings) {
        String row =
                page.lines()
                        .filter(line -> line.startsWith("| `" + name + "` |"))
                        .findFirst()
                        .get();
        settings.fieldNames()
                .forEachRemaining(
                        key -> {
                            boolean ofAll =
                                    List.of("name", "learning_rate", "decay_vectors").contains(key)
                                            || key.equals("warmup_steps");
                            assertTrue(
                                    ofAll || row.contains("`" + key + "`"),
                                    name + " has " + key + ", but its row is " + row);
                        });
    }

    @Test
    void settingsBecomeThoseOfTheRule() {
        assertEquals(Adam.withLearningRate(1e-3), rule("adam"));
        assertEquals(
                AdamW.withLearningRate(0.5).withBetas(0.8, 0.9).withAmsgrad().withWeightDecay(0.2),
                rule(
                        "{name: adamw, learning_rate: 0.5, betas: [0.8, 0.9], amsgrad: true,"
                                + " weight_decay: 0.2}"));
        assertEquals(
                SGD.withLearningRate(0.1).withNesterovMomentum(0.9),
                rule("{name: sgd, learning_rate: 0.1, momentum: 0.9, nesterov: true}"));
        assertEquals(
                NAdam.withLearningRate(0.1).withMomentumDecay(0.01),
                rule("{name: nadam, learning_rate: 0.1, momentum_decay: 0.01}"));
        assertEquals(
                RMSProp.withLearningRate(0.1).withAlpha(0.5).withMomentum(0.4).centering(),
                rule(
                        "{name: rmsprop, learning_rate: 0.1, alpha: 0.5, momentum: 0.4,"
                                + " centered: true}"));
        assertEquals(Adadelta.withLearningRate(1).withRho(0.8), rule("{name: adadelta, rho: 0.8}"));
        assertEquals(
                Lion.withLearningRate(1e-4).withWeightDecay(1),
                rule("{name: lion, weight_decay: 1}"));
        assertEquals(
                LAMB.withLearningRate(1e-3).withEpsilon(1e-3),
                rule("{name: lamb, epsilon: 0.001}"));
        assertEquals(
                Muon.withLearningRate(0.02).withoutNesterov().matchingAdam(),
                rule("{name: muon, learning_rate: 0.02, nesterov: false, matches_adam: true}"));
    }

    @Test
    void vectorsNeedNotDecay() {
        List<ParameterGroup> groups =
                groups("{name: adamw, weight_decay: 0.3, decay_vectors: false}");
        assertEquals(List.of("0.weight", "1.weight"), names(groups.get(0)));
        assertEquals(0.3, ((AdamW) groups.get(0).rule()).weightDecay());
        assertEquals(List.of("0.bias", "1.bias"), names(groups.get(1)));
        assertEquals(0, ((AdamW) groups.get(1).rule()).weightDecay());
        assertEquals(1, groups("{name: adamw, weight_decay: 0.3}").size());
    }

    @Test
    void muonLeavesToOthersWhatIsNoMatrix() {
        List<ParameterGroup> groups =
                groups(
                        "{name: muon, left_to_others: [1.], others: {name: sgd, learning_rate: 0.3,"
                                + " decay_vectors: false}}");
        assertInstanceOf(Muon.class, groups.get(0).rule());
        assertEquals(List.of("0.weight"), names(groups.get(0)));
        assertEquals(SGD.withLearningRate(0.3), groups.get(1).rule());
        assertEquals(List.of("1.weight"), names(groups.get(1)));
        assertEquals(List.of("0.bias", "1.bias"), names(groups.get(2)));
    }

    private static List<ParameterGroup> groups(String yaml) {
        Sequential model = new Sequential(new Linear(3, 4), new Linear(4, 2));
        Map<String, Parameter> parameters = new LinkedHashMap<>(model.parameters());
        assertEquals(4, parameters.size());
        return digits("optimizer", yaml).optimizer().grouping().of(parameters);
    }

    private static List<String> names(ParameterGroup group) {
        return List.copyOf(group.parameters().keySet());
    }

    @Test
    void schedulesFollowTheirSettings() {
        assertEquals(0.25, schedule("{name: polynomial, power: 2}").factor(50), 1e-12);
        assertEquals(0.01, schedule("{name: exponential, gamma: 0.1}").factor(2), 1e-12);
        assertEquals(
                0.25, schedule("{name: multi-step, milestones: [3, 5], gamma: 0.5}").factor(5));
        assertEquals(1, schedule("{name: cosine-restarts, period: 10}").factor(20), 1e-12);
        assertEquals(0.5, schedule("{name: inverse-square-root, flat_steps: 4}").factor(15));
        assertEquals(0.1, schedule("{name: one-cycle, start_divisor: 10}").factor(0), 1e-12);
        assertEquals(0.5, schedule("{name: exponential, warmup_steps: 4}").factor(1), 1e-12);
        var plateau =
                digits("schedule", "{name: reduce-on-plateau, gamma: 0.5, patience: 0}")
                        .schedule()
                        .plateau()
                        .orElseThrow()
                        .get();
        plateau.update(1, false);
        plateau.update(1, false);
        assertEquals(0.5, plateau.factor());
    }

    private static Schedule schedule(String yaml) {
        return digits("schedule", yaml).schedule().schedule().apply(100);
    }

    @Test
    void wrongSettingsAreNamed() {
        refused("optimizer", "{name: adam, beta: [0.9, 0.9]}", "did you mean \"betas\"?");
        refused("optimizer", "{name: adam, betas: 0.9}", "two numbers from 0 to below 1");
        refused("optimizer", "{name: sgd, nesterov: true}", "needs a momentum");
        refused("optimizer", "{name: rmsprop, alpha: 1}", "below 1");
        refused("optimizer", "{name: lion, epsilon: 1}", "no setting \"epsilon\"");
        refused("optimizer", "{name: muon, others: muon}", "takes vectors");
        refused("optimizer", "{name: muon, others: {name: adamw, lr: 1}}", "\"optimizer.others\"");
        refused("schedule", "{name: step, gama: 1}", "did you mean \"gamma\"?");
        refused("schedule", "{name: reduce-on-plateau, gamma: 0}", "above 0 and below 1");
        refused("clip_value", "-1", "above 0");
    }

    private static void refused(String path, String yaml, String part) {
        String message =
                Assertions.assertThrows(InputException.class, () -> digits(path, yaml))
                        .getMessage();
        assertTrue(message.contains(part) && message.contains(path), message);
    }
}
