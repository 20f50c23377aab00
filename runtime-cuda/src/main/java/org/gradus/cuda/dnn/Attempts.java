package org.gradus.cuda.dnn;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.DeviceException;

/**
 * Tries cuDNN, and remembers for which problems that is in vain.
 *
 * @param <K> what describes a problem
 * @param <P> what is prepared for it
 */
final class Attempts<K, P extends Cudnn.Prepared> {
    /** What loads of 128 bits need. The device's blocks have it; a view may begin between. */
    private static final long ALIGNMENT = 16;

    private final DeviceStream stream;
    private final Cudnn cudnn;
    private final Plans<K, P> plans = new Plans<>(Plans.MOST);

    Attempts(DeviceStream stream, Cudnn cudnn) {
        this.stream = stream;
        this.cudnn = cudnn;
    }

    /** Returns whether addresses are such as cuDNN's kernels may read. */
    static boolean areAligned(long... addresses) {
        return LongStream.of(addresses).allMatch(address -> address % ALIGNMENT == 0);
    }

    /**
     * Solves a problem by cuDNN, if it can.
     *
     * @param problem what is to be solved; its text says what, as in "convolve ..."
     * @param prepare called once for each problem; gives nothing where cuDNN is not to solve it
     * @return whether it was solved; otherwise nothing was written that counts
     * @throws DeviceException if cuDNN fails
     */
    boolean solve(K problem, Function<K, Optional<P>> prepare, Consumer<P> run) {
        return stream.call(
                () -> {
                    try {
                        Optional<P> plan = plans.get(problem, prepare);
                        plan.ifPresent(run);
                        return plan.isPresent();
                    } catch (CudnnException e) {
                        if (e.isUnsupported()) {
                            plans.forget(problem);
                            return false;
                        }
                        throw new DeviceException(
                                "the device "
                                        + stream.device()
                                        + " could not "
                                        + problem
                                        + " by cuDNN "
                                        + cudnn.version()
                                        + ": "
                                        + e.getMessage(),
                                e);
                    }
                });
    }

    /** Returns how many problems are remembered. */
    int size() {
        return plans.size();
    }

    /** Gives all descriptors back. Called with the stream's lock held. */
    void close() {
        plans.close();
    }
}
