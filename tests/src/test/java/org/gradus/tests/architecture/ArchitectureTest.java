package org.gradus.tests.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.gradus.dtype.HostMemory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Keeps the arrows of the design: which package may use which, and how long a file may be. */
class ArchitectureTest {

    private static final int MAXIMUM_LINES = 500;

    /** What each package of the framework may use of the framework, besides itself. */
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    Map.entry("dtype", Set.of()),
                    Map.entry("shape", Set.of()),
                    Map.entry("expr", Set.of("dtype", "shape")),
                    Map.entry("device", Set.of("dtype", "shape", "expr")),
                    Map.entry("tensor", Set.of("dtype", "shape", "expr", "device")),
                    Map.entry("nn", Set.of("dtype", "shape", "expr", "device", "tensor")),
                    Map.entry("optim", Set.of("dtype", "shape", "expr", "device", "tensor", "nn")),
                    Map.entry(
                            "data",
                            Set.of("dtype", "shape", "expr", "device", "tensor", "nn", "optim")),
                    Map.entry(
                            "metrics",
                            Set.of("dtype", "shape", "expr", "device", "tensor", "nn", "optim")),
                    Map.entry(
                            "io",
                            Set.of(
                                    "dtype", "shape", "expr", "device", "tensor", "nn", "optim",
                                    "data")),
                    Map.entry(
                            "train",
                            Set.of(
                                    "dtype", "shape", "expr", "device", "tensor", "nn", "optim",
                                    "data", "metrics", "io")),
                    Map.entry(
                            "models",
                            Set.of(
                                    "dtype", "shape", "expr", "device", "tensor", "nn", "optim",
                                    "data", "metrics", "io", "train")));

    /** What each module besides the framework may use of Gradus, besides itself. */
    private static final Map<String, Set<String>> MODULE_MAY_USE =
            Map.of(
                    "kernels", frameworkAnd(),
                    "cpu", frameworkAnd(),
                    "opencl", frameworkAnd("kernels"),
                    "cuda", frameworkAnd("kernels"),
                    "cli", frameworkAnd("cpu", "opencl", "cuda"));

    static final List<String> PACKAGES = MAY_USE.keySet().stream().sorted().toList();
    static final List<String> MODULES = MODULE_MAY_USE.keySet().stream().sorted().toList();

    private static JavaClasses classes;

    @BeforeAll
    static void importClasses() {
        classes =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("org.gradus");
        assertFalse(classes.isEmpty(), "no class of Gradus was found on the class path");
    }

    @ParameterizedTest(name = "org.gradus.{0}")
    @FieldSource("PACKAGES")
    void aPackageOfTheFrameworkUsesOnlyThoseToItsLeft(String name) {
        keepsTo(name, MAY_USE.get(name));
    }

    @ParameterizedTest(name = "org.gradus.{0}")
    @FieldSource("MODULES")
    void aModuleUsesOnlyThoseBelowIt(String name) {
        keepsTo(name, MODULE_MAY_USE.get(name));
    }

    @Test
    void everyPackageIsNamedHere() {
        var unknown =
                classes.stream()
                        .map(type -> type.getPackageName().split("\\."))
                        .filter(parts -> parts.length > 2 && !parts[2].equals("tests"))
                        .map(parts -> parts[2])
                        .filter(name -> !MAY_USE.containsKey(name))
                        .filter(name -> !MODULE_MAY_USE.containsKey(name))
                        .distinct()
                        .toList();
        assertEquals(List.of(), unknown, "packages whose arrows this test does not know");
    }

    /** {@link HostMemory} says why. */
    @Test
    void bytesOfHostMemoryAreCopiedInOnePlace() {
        noClasses()
                .that()
                .doNotBelongToAnyOf(HostMemory.class)
                .and()
                .resideOutsideOfPackage("org.gradus.tests..")
                .should()
                .callMethod(MemorySegment.class, "copyFrom", MemorySegment.class)
                .orShould()
                .callMethod(
                        MemorySegment.class,
                        "copy",
                        MemorySegment.class,
                        long.class,
                        MemorySegment.class,
                        long.class,
                        long.class)
                .orShould()
                .callMethod(MemorySegment.class, "toArray", ValueLayout.OfByte.class)
                .check(classes);
    }

    @Test
    void sourceFilesStayShort() throws IOException {
        var root = Path.of(System.getProperty("gradus.root"));
        var tooLong = new ArrayList<String>();
        var seen = 0;
        try (var modules = Files.newDirectoryStream(root, "*")) {
            for (var module : modules) {
                for (var file : sourceFiles(module.resolve("src/main"))) {
                    seen++;
                    var lines = Files.readAllLines(file).size();
                    if (lines > MAXIMUM_LINES) {
                        tooLong.add(root.relativize(file) + ": " + lines + " lines");
                    }
                }
            }
        }
        assertFalse(seen == 0, "no source file under " + root);
        assertEquals(List.of(), tooLong, "files of more than " + MAXIMUM_LINES + " lines");
    }

    private static void keepsTo(String name, Set<String> allowed) {
        var forbidden =
                allNames().stream()
                        .filter(other -> !other.equals(name) && !allowed.contains(other))
                        .map(other -> "org.gradus." + other + "..")
                        .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("org.gradus." + name + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden)
                .allowEmptyShould(true)
                .check(classes);
    }

    private static List<String> allNames() {
        var names = new ArrayList<>(MAY_USE.keySet());
        names.addAll(MODULE_MAY_USE.keySet());
        return names;
    }

    private static Set<String> frameworkAnd(String... modules) {
        var names = new HashSet<>(MAY_USE.keySet());
        names.addAll(List.of(modules));
        return Set.copyOf(names);
    }

    private static List<Path> sourceFiles(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().matches(".*\\.(java|cl|cu|cuh|h)"))
                    .toList();
        }
    }
}
