package org.gradus.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.gradus.cuda.library.NativeLibrary;

/**
 * The driver's graphs: what goes into a stream is recorded, and launched as a whole. Called past
 * JCuda, which lacks some of the functions.
 */
final class Graphs {
    /** Other calls of the driver, such as for memory, are allowed meanwhile. */
    private static final int RELAXED = 2;

    private final String device;
    private final MethodHandle begin;
    private final MethodHandle end;
    private final MethodHandle captureInfo;
    private final MethodHandle instantiate;
    private final MethodHandle setParameters;
    private final MethodHandle launch;
    private final MethodHandle destroy;
    private final MethodHandle destroyExecutable;

    /**
     * Finds the functions.
     *
     * @param device the device's name, for messages
     * @return nothing if the driver lacks one
     */
    static Optional<Graphs> of(String device, NativeLibrary driver) {
        try {
            return Optional.of(new Graphs(device, driver));
        } catch (UnsatisfiedLinkError _) {
            return Optional.empty();
        }
    }

    private Graphs(String device, NativeLibrary driver) {
        this.device = device;
        this.begin = driver.function("cuStreamBeginCapture_v2", ADDRESS, JAVA_INT);
        this.end = driver.function("cuStreamEndCapture", ADDRESS, ADDRESS);
        this.captureInfo =
                driver.function(
                        "cuStreamGetCaptureInfo_v2",
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS);
        this.instantiate =
                driver.function("cuGraphInstantiateWithFlags", ADDRESS, ADDRESS, JAVA_LONG);
        this.setParameters =
                driver.function("cuGraphExecKernelNodeSetParams", ADDRESS, ADDRESS, ADDRESS);
        this.launch = driver.function("cuGraphLaunch", ADDRESS, ADDRESS);
        this.destroy = driver.function("cuGraphDestroy", ADDRESS);
        this.destroyExecutable = driver.function("cuGraphExecDestroy", ADDRESS);
    }

    /** Records what goes into a stream from now on, in the place of doing it. */
    void begin(MemorySegment stream) {
        check(() -> (int) begin.invokeExact(stream, RELAXED), "record its work");
    }

    /** Returns the node that the last call recorded. */
    MemorySegment last(MemorySegment stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(JAVA_INT);
            MemorySegment nodes = arena.allocate(ADDRESS);
            MemorySegment count = arena.allocate(JAVA_LONG);
            check(
                    () ->
                            (int)
                                    captureInfo.invokeExact(
                                            stream,
                                            status,
                                            MemorySegment.NULL,
                                            MemorySegment.NULL,
                                            nodes,
                                            count),
                    "tell what it recorded");
            if (count.get(JAVA_LONG, 0) != 1) {
                throw new IllegalStateException(
                        "a stream's next work waits for "
                                + count.get(JAVA_LONG, 0)
                                + " nodes and not for the last kernel");
            }
            return first(nodes.get(ADDRESS, 0));
        }
    }

    @SuppressWarnings("restricted") // an array of one handle, as the driver said
    private static MemorySegment first(MemorySegment nodes) {
        return nodes.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
    }

    /**
     * Ends recording.
     *
     * @return what can be launched
     */
    MemorySegment end(MemorySegment stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment graph = arena.allocate(ADDRESS);
            check(() -> (int) end.invokeExact(stream, graph), "record its work");
            MemorySegment executable = arena.allocate(ADDRESS);
            MemorySegment recorded = graph.get(ADDRESS, 0);
            try {
                check(
                        () -> (int) instantiate.invokeExact(executable, recorded, 0L),
                        "prepare recorded work");
            } finally {
                check(() -> (int) destroy.invokeExact(recorded), "forget a recording");
            }
            return executable.get(ADDRESS, 0);
        }
    }

    /** Ends recording after a failure; what was recorded is lost. */
    void abandon(MemorySegment stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment graph = arena.allocate(ADDRESS);
            int result = call(() -> (int) end.invokeExact(stream, graph));
            MemorySegment recorded = graph.get(ADDRESS, 0);
            if (result == 0 && recorded.address() != 0) {
                check(() -> (int) destroy.invokeExact(recorded), "forget a recording");
            }
        }
    }

    /** Changes the arguments of a kernel: {@code CUDA_KERNEL_NODE_PARAMS}, version 1. */
    void setParameters(MemorySegment executable, MemorySegment node, MemorySegment parameters) {
        check(
                () -> (int) setParameters.invokeExact(executable, node, parameters),
                "change the arguments of a recorded kernel");
    }

    void launch(MemorySegment executable, MemorySegment stream) {
        check(() -> (int) launch.invokeExact(executable, stream), "repeat recorded work");
    }

    void destroy(MemorySegment executable) {
        check(() -> (int) destroyExecutable.invokeExact(executable), "forget recorded work");
    }

    private interface NativeCall {
        int run() throws Throwable;
    }

    private static int call(NativeCall call) {
        try {
            return call.run();
        } catch (Throwable e) {
            throw new IllegalStateException("a function of the driver could not be called", e);
        }
    }

    private void check(NativeCall call, String what) {
        Driver.check(call(call), device, what);
    }
}
