package org.gradus.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.gradus.device.CumulateOp;
import org.gradus.device.MatmulOptions;
import org.gradus.device.ReduceOp;
import org.gradus.device.View;
import org.gradus.device.Window;
import org.gradus.dtype.DType;
import org.gradus.expr.Expr;
import org.gradus.expr.Program;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kernel is CUDA C++, too: compiled by nvcc, where there is one, for a processor of each kind
 * that is still sold. No GPU is needed.
 */
class CudaTest {
    /** For each virtual processor, whose code is made once, the real ones that it is made into. */
    private static final Map<String, List<String>> PROCESSORS =
            Map.of(
                    "75",
                    List.of("75"),
                    "80",
                    List.of("80", "86", "89"),
                    "90",
                    List.of("90", "120"));

    private final RecordingLauncher launcher = new RecordingLauncher();
    private final Primitives primitives = new Primitives(launcher);

    @TempDir Path folder;

    private View view(DType dtype, int... sizes) {
        Shape shape = Shape.of(sizes);
        return View.of(launcher.allocate(dtype, shape.elements()), shape);
    }

    private View transposed(DType dtype, int... sizes) {
        View view = view(dtype, sizes);
        long[] strides = new long[sizes.length];
        long step = 1;
        for (int axis = 0; axis < sizes.length; axis++) {
            strides[axis] = step;
            step *= sizes[axis];
        }
        return new View(view.buffer(), view.shape(), strides, 0);
    }

    @Test
    void pointwiseProgramsCompile() throws Exception {
        for (DType type : DType.values()) {
            Expr x = Expr.input(0, type);
            Expr y = Expr.input(1, type);
            List<Expr> outputs = new ArrayList<>(List.of(x.equalTo(y), x.lessThan(y)));
            for (DType to : DType.values()) {
                outputs.add(x.cast(to));
            }
            if (type != DType.BOOL) {
                outputs.addAll(arithmetic(x, y));
            }
            if (type.isFloating()) {
                outputs.addAll(functions(x));
            } else {
                outputs.addAll(List.of(x.and(y), x.or(y), x.xor(y), x.not()));
            }
            if (type.isInteger()) {
                outputs.addAll(List.of(x.shiftLeft(y), x.shiftRight(y)));
            }
            for (Expr output : outputs) {
                map(Program.of(output), List.of(type, type));
            }
        }
        Expr key = Expr.scalar(0, DType.I64);
        map(
                Program.of(Expr.randomBits(key, Expr.index()), Expr.uniform(key, Expr.index())),
                List.of());
        for (double value :
                new double[] {-0.0, Double.NaN, -1 / 0.0, 1 / 0.0, Float.MIN_VALUE, -0.1}) {
            map(
                    Program.of(Expr.constant(value, DType.F32), Expr.constant(value, DType.F64)),
                    List.of());
        }
        map(
                Program.of(
                        Expr.constant(Integer.MIN_VALUE, DType.I32),
                        Expr.constant(Long.MIN_VALUE, DType.I64)),
                List.of());
        compile();
    }

    private static List<Expr> arithmetic(Expr x, Expr y) {
        return List.of(
                x.add(y),
                x.subtract(y),
                x.multiply(y),
                x.divide(y),
                x.remainder(y),
                x.minimum(y),
                x.maximum(y),
                x.negate(),
                x.abs(),
                x.sign(),
                x.floor(),
                x.ceil(),
                x.round(),
                x.lessThan(y).select(x, y));
    }

    private static List<Expr> functions(Expr x) {
        return List.of(
                x.reciprocal(),
                x.sqrt(),
                x.rsqrt(),
                x.exp(),
                x.expm1(),
                x.log(),
                x.log1p(),
                x.sin(),
                x.cos(),
                x.tanh(),
                x.erf(),
                x.power(x));
    }

    private void map(Program program, List<DType> inputs) {
        List<View> in = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            in.add(i == 0 ? view(inputs.get(i), 70, 80) : transposed(inputs.get(i), 70, 80));
        }
        List<View> out = program.outputTypes().stream().map(t -> view(t, 70, 80)).toList();
        primitives.map(program, Shape.of(70, 80), new long[4], in, out);
    }

    @Test
    void reductionsCompile() throws Exception {
        for (DType type : DType.values()) {
            Program identity = Program.of(Expr.input(0, type));
            for (ReduceOp op : ReduceOp.values()) {
                DType to = op.isPosition() ? DType.I64 : type;
                for (int[] sizes : new int[][] {{70, 80}, {1000, 3}, {600_000, 1}}) {
                    View input = transposed(type, sizes);
                    Shape shape = input.shape();
                    View output = view(to, shape.keeping(0).sizes());
                    primitives.reduce(
                            op,
                            identity,
                            shape,
                            new long[0],
                            List.of(input),
                            output,
                            new int[] {0});
                }
            }
        }
        compile();
    }

    @Test
    void productsCompile() throws Exception {
        for (DType type : List.of(DType.F32, DType.F64, DType.F16, DType.BF16)) {
            for (int n : new int[] {8, 90}) {
                MatmulOptions all =
                        new MatmulOptions(
                                2, 3, Optional.of(view(type, n)), MatmulOptions.Activation.RELU);
                View c = view(type, 2, 70, n);
                primitives.matmul(
                        view(type, 2, 70, 30), view(type, 2, 30, n), c, MatmulOptions.DEFAULT);
                primitives.matmul(transposed(type, 2, 70, 30), transposed(type, 2, 30, n), c, all);
            }
        }
        compile();
    }

    @Test
    void allOtherPrimitivesCompile() throws Exception {
        Window window =
                new Window(new int[] {3, 2}, new int[] {2, 1}, new int[] {1, 0}, new int[] {1, 2});
        for (DType type : DType.values()) {
            View x = transposed(type, 40, 30);
            View y = view(type, 40, 30);
            View index = transposed(DType.I64, 40, 30);
            primitives.fill(x, 1);
            primitives.fill(transposed(type, 80, 70), 1);
            primitives.copyStrided(x, y);
            primitives.gather(x, 0, index, y);
            primitives.scatterAdd(x, 1, index, y);
            primitives.unfold(view(type, 2, 3, 9, 9), window, view(type, 2, 18, 35));
            primitives.fold(view(type, 2, 18, 35), window, view(type, 2, 3, 9, 9));
            for (CumulateOp op : CumulateOp.values()) {
                primitives.cumulate(op, x, y, 0);
                primitives.cumulate(op, view(type, 5000), view(type, 5000), 0);
            }
            for (boolean descending : new boolean[] {false, true}) {
                primitives.sort(x, y, index, 0, descending);
            }
        }
        compile();
    }

    /** All families with all their settings, for each type of storage. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void kernelFamiliesCompile(DType type) throws Exception {
        new FamilyLaunches(launcher, type).all();
        compile();
    }

    /** Compiles all that was launched as one file. */
    private void compile() throws IOException, InterruptedException {
        Collection<KernelSource> sources = launcher.sources();
        assertTrue(sources.size() > 3);
        Path nvcc = nvcc();
        String text = Dialect.header() + KernelBatch.text(sources);
        Path file = Files.writeString(folder.resolve("kernels.cu"), text);
        List<String> command =
                new ArrayList<>(List.of(nvcc.toString(), "-Werror", "all-warnings", "-fatbin"));
        // all processors at once, on as many cores as there are
        command.addAll(List.of("--threads", "0"));
        Set<String> known = processors(nvcc);
        PROCESSORS.forEach(
                (virtual, real) -> {
                    String code =
                            real.stream()
                                    .map(processor -> "sm_" + processor)
                                    .filter(known::contains)
                                    .collect(Collectors.joining(",", "[", "]"));
                    command.addAll(
                            List.of("-gencode", "arch=compute_" + virtual + ",code=" + code));
                });
        command.addAll(List.of("-o", folder.resolve("kernels.fatbin").toString(), file.toString()));
        Path log = folder.resolve("log");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        assertEquals(0, process.waitFor(), () -> excerpt(log));
    }

    /** Returns the processors that a compiler knows: an old one does not know new ones. */
    private static Set<String> processors(Path nvcc) throws IOException {
        Process process = new ProcessBuilder(nvcc.toString(), "--list-gpu-code").start();
        try (Stream<String> lines = process.inputReader().lines()) {
            return lines.map(String::strip).collect(Collectors.toSet());
        }
    }

    private static String excerpt(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return String.join("\n", lines.limit(40).toList());
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    private static Path nvcc() {
        Optional<Path> found =
                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, "nvcc"))
                        .filter(Files::isExecutable)
                        .findFirst();
        Assumptions.assumeTrue(found.isPresent(), "nvcc is not on the PATH");
        return found.orElseThrow();
    }
}
