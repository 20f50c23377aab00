package org.gradus.cuda.dnn;

import java.util.Optional;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnStatus;
import jcuda.runtime.cudaStream_t;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.cuda.library.JCudaNatives;

/** cuDNN 8 through JCudnn, where cuDNN 9 is not to be had: convolutions alone. */
public final class JCudnnLibrary implements Cudnn {
    private final cudnnHandle handle = new cudnnHandle();
    private final ScalingFactors factors = new ScalingFactors();
    private final String version;

    /** Loads JCudnn's library when it is first asked for, which is after cuDNN was opened. */
    private static final class Binding {
        /** Why it could not be loaded, or nothing. */
        static final Optional<String> FAILURE =
                JCudaNatives.load(
                        JCudnn.class,
                        "JCudnn-11.7.0",
                        // what JCudnn asks for has the version of JCuda
                        "JCudnn-12.6.0",
                        // results are checked here, as not all that fails is an error
                        () -> JCudnn.setExceptionsEnabled(false));
    }

    /** Returns why JCudnn cannot be called, or nothing; cuDNN must be open. */
    public static Optional<String> failure() {
        return Binding.FAILURE;
    }

    /**
     * Starts the library.
     *
     * @throws CudnnException if it does not start
     */
    public JCudnnLibrary(DeviceStream stream) {
        this.version = ForeignCudnn.text(JCudnn.cudnnGetVersion());
        check("cudnnCreate", JCudnn.cudnnCreate(handle));
        check("cudnnSetStream", JCudnn.cudnnSetStream(handle, new cudaStream_t(stream.stream())));
    }

    /** Throws an exception unless a function succeeded. */
    static void check(String function, int status) {
        if (status != cudnnStatus.CUDNN_STATUS_SUCCESS) {
            throw new CudnnException(
                    function,
                    cudnnStatus.stringFor(status) + " (" + status + ")",
                    "",
                    status == cudnnStatus.CUDNN_STATUS_NOT_SUPPORTED);
        }
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Convolution convolution(ConvolutionProblem problem, int mathType) {
        return new JCudnnConvolution(handle, factors, problem, mathType);
    }

    @Override
    public void close() {
        check("cudnnDestroy", JCudnn.cudnnDestroy(handle));
    }
}
