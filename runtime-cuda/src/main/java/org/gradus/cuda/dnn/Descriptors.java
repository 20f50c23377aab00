package org.gradus.cuda.dnn;

import java.util.ArrayDeque;
import org.gradus.dtype.DType;

/** The descriptors of one problem, given back together, the last one first. */
final class Descriptors {
    private record Made(String kind, long address) {}

    private final ForeignCudnn cudnn;
    private final ArrayDeque<Made> made = new ArrayDeque<>();

    Descriptors(ForeignCudnn cudnn) {
        this.cudnn = cudnn;
    }

    /** Creates one of a kind, as in {@code Filter}. */
    long create(String kind) {
        long address = cudnn.create("cudnnCreate" + kind + "Descriptor");
        made.push(new Made(kind, address));
        return address;
    }

    /** Creates one of a tensor. */
    long tensor(DType dtype, TensorLayout layout) {
        long address = create("Tensor");
        cudnn.setTensor(address, dtype, layout);
        return address;
    }

    /** Fills descriptors in, and gives all back if that fails. */
    void fill(Runnable steps) {
        try {
            steps.run();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Gives all back. */
    void close() {
        while (!made.isEmpty()) {
            Made last = made.pop();
            cudnn.destroy("cudnnDestroy" + last.kind() + "Descriptor", last.address());
        }
    }
}
