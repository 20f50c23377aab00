package org.gradus.cpu.convolution;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.gradus.cpu.convolution.winograd.Winograd;
import org.gradus.cpu.matmul.MicroKernels;
import org.gradus.cpu.threads.WorkerPool;
import org.gradus.device.Window;
import org.gradus.shape.Shape;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Convolutions of ResNet-18 for 32 by 32, 32 images, 3 by 3, on one thread: direct products beside
 * minimal filtering.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class ConvolutionBenchmark {
    private static final int BATCH = 32;

    /** Channels and size of images. */
    @Param({"64x32", "128x16", "256x8", "512x4"})
    public String shape;

    private WorkerPool pool;
    private Geometry geometry;
    private ImplicitProduct product;
    private InputGradient inputGradient;
    private WeightGradient weightGradient;
    private Winograd winograd;
    private Dense input;
    private Dense weight;
    private Dense output;

    /** Fills the operands. */
    @Setup
    public void prepare() {
        int by = shape.indexOf('x');
        int channels = Integer.parseInt(shape.substring(0, by));
        int size = Integer.parseInt(shape.substring(by + 1));
        int[] one = {1, 1};
        var images = Shape.of(BATCH, channels, size, size);
        geometry = Geometry.of(images, images, new Window(new int[] {3, 3}, one, one, one), 1);
        pool = new WorkerPool(1);
        var kernels = MicroKernels.ofProcessor();
        product = new ImplicitProduct(pool, kernels);
        inputGradient = new InputGradient(pool, product);
        weightGradient = new WeightGradient(pool, kernels);
        winograd = new Winograd(pool, kernels);
        input = random(BATCH * channels * size * size);
        output = random(BATCH * channels * size * size);
        weight = random(channels * channels * 9);
    }

    private static Dense random(int length) {
        var random = new Random(length);
        float[] result = new float[length];
        for (int i = 0; i < length; i++) {
            result[i] = random.nextFloat() - 0.5f;
        }
        return new Dense(result, 0);
    }

    /** Ends the pool. */
    @TearDown
    public void stop() {
        pool.close();
    }

    /** The output, by direct products. */
    @Benchmark
    public Dense forwardDirect() {
        product.forward(geometry, input, weight, null, output);
        return output;
    }

    /** The output, by minimal filtering. */
    @Benchmark
    public Dense forwardWinograd() {
        winograd.forward(geometry, input, weight, null, output);
        return output;
    }

    /** The input's gradient, by direct products. */
    @Benchmark
    public Dense inputGradientDirect() {
        inputGradient.compute(geometry, output, weight, input);
        return input;
    }

    /** The input's gradient, by minimal filtering. */
    @Benchmark
    public Dense inputGradientWinograd() {
        winograd.inputGradient(geometry, output, weight, input);
        return input;
    }

    /** The weight's gradient, by direct products. */
    @Benchmark
    public Dense weightGradientDirect() {
        weightGradient.compute(geometry, input, output, weight);
        return weight;
    }

    /** The weight's gradient, by minimal filtering. */
    @Benchmark
    public Dense weightGradientWinograd() {
        winograd.weightGradient(geometry, input, output, weight);
        return weight;
    }
}
