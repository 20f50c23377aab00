package org.gradus.cpu.pointwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.gradus.cpu.TestViews;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.View;
import org.gradus.dtype.DType;
import org.gradus.expr.Activations;
import org.gradus.expr.Expr;
import org.gradus.expr.PointwiseFunction;
import org.gradus.expr.Program;
import org.gradus.expr.Scalars;
import org.gradus.shape.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class FloatLoopTest {
    private static final int LENGTH = 40_001;
    private static final WorkerPool POOL = new WorkerPool(3);
    private static final long[] ARGUMENTS = {
        Scalars.encode(0.75, DType.F32), Scalars.encode(-3.5, DType.F32)
    };

    private static final float[] SPECIAL = {
        0f,
        -0f,
        1f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        Float.MAX_VALUE
    };

    private final Pointwise interpreter = new Pointwise(POOL, false, FloatLoops.create());
    private final Pointwise looping = new Pointwise(POOL, false, FloatLoops.immediate());

    @AfterAll
    static void close() {
        POOL.close();
    }

    private static Expr input(int number) {
        return Expr.input(number, DType.F32);
    }

    @Test
    void everyOperationGivesTheBitsOfTheInterpreter() {
        Expr x = input(0);
        Expr y = input(1);
        Expr s = Expr.scalar(0, DType.F32);
        List<Expr> results =
                List.of(
                        x.add(y).subtract(s),
                        x.multiply(y).negate(),
                        x.divide(y),
                        x.reciprocal().add(Expr.scalar(1, DType.F32).multiply(s)),
                        x.abs().sqrt(),
                        y.sqrt(),
                        x.minimum(y).maximum(s),
                        s.add(1));
        checkSame(Program.of(results.toArray(Expr[]::new)), 2);
    }

    @Test
    void randomProgramsGiveTheBitsOfTheInterpreter() {
        Random random = new Random(7);
        for (int round = 0; round < 40; round++) {
            List<Expr> known = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                known.add(input(i));
            }
            known.add(Expr.scalar(0, DType.F32));
            known.add(Expr.constant(1 / 3.0, DType.F32));
            for (int i = 0; i < 12; i++) {
                Expr a = known.get(random.nextInt(known.size()));
                Expr b = known.get(random.nextInt(known.size()));
                known.add(
                        switch (random.nextInt(6)) {
                            case 0 -> a.add(b);
                            case 1 -> a.subtract(b);
                            case 2 -> a.multiply(b);
                            case 3 -> a.divide(b);
                            case 4 -> a.maximum(b);
                            default -> a.abs().sqrt();
                        });
            }
            Expr all = input(0).add(input(1)).add(input(2)).add(known.getLast());
            checkSame(Program.of(all, known.get(known.size() - 2)), 3);
        }
    }

    @Test
    void everyFunctionAndComparisonGivesTheBitsOfTheInterpreter() {
        Expr x = input(0);
        Expr y = input(1);
        Expr s = Expr.scalar(0, DType.F32);
        Expr less = x.lessThan(y);
        Expr positive = Expr.constant(0, DType.F32).lessOrEqual(x);
        List<Expr> results =
                List.of(
                        x.exp(),
                        x.expm1(),
                        x.log(),
                        x.log1p(),
                        x.tanh(),
                        y.erf(),
                        x.sign().add(x.abs().rsqrt()),
                        y.reciprocal().sqrt().divide(x.negate()),
                        less.select(x.minimum(s), y.maximum(x)),
                        less.and(positive).or(x.equalTo(y)).not().select(x, s),
                        s.exp().multiply(x).subtract(y));
        for (Expr result : results) {
            checkSame(Program.of(result, x), 2);
        }
        checkSame(Program.of(results.toArray(Expr[]::new)), 2);
    }

    @Test
    void activationsAndTheirGradientsGiveTheBitsOfTheInterpreter() {
        for (PointwiseFunction activation :
                List.of(
                        Activations.RELU,
                        Activations.GELU,
                        Activations.GELU_TANH,
                        Activations.SILU,
                        Activations.MISH,
                        Activations.SELU)) {
            Expr value = activation.apply(input(0));
            Expr gradient = activation.pullback(0).apply(input(0), input(1));
            checkSame(Program.of(value), 1);
            checkSame(Program.of(gradient), 2);
            checkSame(Program.of(value, gradient), 2);
        }
    }

    private void checkSame(Program program, int inputCount) {
        assertTrue(
                FloatLoopCompiler.isSuitable(program) || VectorLoopCompiler.isSuitable(program),
                program::toString);
        List<View> inputs = new ArrayList<>();
        for (int i = 0; i < inputCount; i++) {
            inputs.add(wide(11 + i));
        }
        List<View> expected = outputs(program);
        List<View> actual = outputs(program);
        Shape shape = Shape.of(LENGTH);
        interpreter.map(program, shape, ARGUMENTS, inputs, expected);
        looping.map(program, shape, ARGUMENTS, inputs, actual);
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(
                    TestViews.values(expected.get(i)),
                    TestViews.values(actual.get(i)),
                    program.toString());
        }
    }

    /** Returns random values, most of them small, and special ones. */
    private static View wide(int seed) {
        Random random = new Random(seed);
        float[] array = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            double size = random.nextInt(20) == 0 ? 120 : 3;
            array[i] =
                    random.nextInt(50) == 0
                            ? SPECIAL[random.nextInt(SPECIAL.length)]
                            : (float) (random.nextGaussian() * size);
        }
        return TestViews.of(DType.F32, array, Shape.of(LENGTH), new long[] {1}, 0);
    }

    private static List<View> outputs(Program program) {
        List<View> outputs = new ArrayList<>();
        for (int i = 0; i < program.outputCount(); i++) {
            outputs.add(TestViews.poisoned(DType.F32, LENGTH));
        }
        return outputs;
    }

    @Test
    void outputsMayBeInputs() {
        Expr moved = input(1).add(input(0).subtract(input(1)).multiply(0.25));
        Program program = Program.of(input(0).subtract(moved), moved);
        View x = TestViews.random(DType.F32, 3, LENGTH);
        View mean = TestViews.random(DType.F32, 4, LENGTH);
        double[] xBefore = TestViews.values(x);
        double[] meanBefore = TestViews.values(mean);
        looping.map(program, Shape.of(LENGTH), ARGUMENTS, List.of(x, mean), List.of(x, mean));
        double[] xAfter = TestViews.values(x);
        double[] meanAfter = TestViews.values(mean);
        for (int i = 0; i < LENGTH; i++) {
            float difference = (float) xBefore[i] - (float) meanBefore[i];
            float expected = (float) meanBefore[i] + difference * 0.25f;
            assertEquals(expected, meanAfter[i]);
            assertEquals((float) xBefore[i] - expected, xAfter[i]);
        }
    }

    @Test
    void viewsAtDifferentPlacesAreLeftToTheInterpreter() {
        Program program = Program.of(input(0).multiply(input(1)).add(input(0)).abs());
        float[] array = new float[3 * LENGTH];
        Random random = new Random(5);
        for (int i = 0; i < array.length; i++) {
            array[i] = random.nextFloat() - 0.5f;
        }
        Shape shape = Shape.of(LENGTH);
        View first = TestViews.of(DType.F32, array, shape, new long[] {1}, 1);
        View second = TestViews.of(DType.F32, array, shape, new long[] {2}, 2);
        View expected = TestViews.poisoned(DType.F32, LENGTH);
        View actual = TestViews.poisoned(DType.F32, LENGTH);
        interpreter.map(program, shape, ARGUMENTS, List.of(first, second), List.of(expected));
        looping.map(program, shape, ARGUMENTS, List.of(first, second), List.of(actual));
        assertArrayEquals(TestViews.values(expected), TestViews.values(actual));
    }

    @Test
    void loopsAreMadeForArithmeticThatRunsOften() {
        Program arithmetic = Program.of(input(0).multiply(input(0)).add(input(1)).sqrt());
        FloatLoops loops = FloatLoops.immediate();
        assertNull(find(loops, arithmetic, 100), "too few elements");
        assertNotNull(find(loops, arithmetic, LENGTH));
        assertFalse(FloatLoopCompiler.isSuitable(Program.of(input(0).exp().add(1).sqrt())));
        assertFalse(
                FloatLoopCompiler.isSuitable(
                        Program.of(Expr.input(0, DType.F64).add(1).sqrt().add(1))));
        assertNull(find(loops, Program.of(input(0).add(1)), LENGTH), "one operation");
        assertNull(find(loops, Program.of(input(0).exp()), LENGTH), "one function");
        assertNotNull(find(loops, Program.of(input(0).exp().add(1)), LENGTH));
        assertNull(find(loops, Program.of(input(0).sin().add(1)), LENGTH), "plain code only");
        assertNull(find(FloatLoops.create(), arithmetic, LENGTH), "the first launch");
    }

    private static FloatLoop find(FloatLoops loops, Program program, int length) {
        View x = TestViews.random(DType.F32, 3, length);
        View y = TestViews.random(DType.F32, 4, length);
        return loops.find(program, length, List.of(x, y), List.of(y));
    }
}
