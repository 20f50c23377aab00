package org.gradus.cuda;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;

/** JCuda's handles with the number inside, which launches past JCuda need. */
final class Handles {
    private Handles() {}

    /** A block of a device's memory. */
    static final class DevicePointer extends CUdeviceptr {
        /** Returns its address on the device. */
        long address() {
            return getNativePointer();
        }
    }

    /** A kernel. */
    static final class Function extends CUfunction {
        MemorySegment handle() {
            return MemorySegment.ofAddress(getNativePointer());
        }
    }

    /** A stream. */
    static final class Stream extends CUstream {
        MemorySegment handle() {
            return MemorySegment.ofAddress(getNativePointer());
        }
    }

    /** Memory of the host at a fixed address. */
    static final class HostPointer extends Pointer {
        /** An address that a driver's call fills in. */
        HostPointer() {}

        /** The address of a native segment. */
        HostPointer(MemorySegment segment) {
            super(segment.address());
        }

        /** Returns the memory behind it. */
        @SuppressWarnings("restricted") // the driver said how much it is
        MemorySegment memory(long bytes) {
            return MemorySegment.ofAddress(getNativePointer()).reinterpret(bytes);
        }
    }
}
