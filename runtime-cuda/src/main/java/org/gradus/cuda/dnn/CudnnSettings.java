package org.gradus.cuda.dnn;

import org.gradus.device.DeviceException;
import org.gradus.dtype.DType;

/**
 * How cuDNN is used; from system properties.
 *
 * @param deterministic {@code gradus.cuda.deterministic}, on unless {@code off}: only algorithms
 *     that give the same bits every time; for recurrent layers the variable {@code
 *     CUBLAS_WORKSPACE_CONFIG} is set to {@code :4096:2} in this process, unless it is set
 * @param tensorFloat32 {@code gradus.cuda.tf32}, off unless {@code on}: {@code F32} products may
 *     round their factors to 11 bits, for the sake of tensor cores
 * @param tune {@code gradus.cuda.tune}, off unless {@code on}: measures the algorithms of each
 *     convolution when it is first met, instead of asking for cuDNN's guess, except while work is
 *     recorded
 * @param workspaceBytes {@code gradus.cuda.workspace}, 1 GiB by default: the most memory that an
 *     algorithm may need besides
 */
public record CudnnSettings(
        boolean deterministic, boolean tensorFloat32, boolean tune, long workspaceBytes) {
    /** {@code cudnnMathType_t}: tensor cores where they are exact enough for the types at hand. */
    private static final int DEFAULT_MATH = 0;

    /** {@code cudnnMathType_t}: tensor cores. */
    private static final int TENSOR_OP_MATH = 1;

    /** {@code cudnnMathType_t}: no tensor cores. */
    private static final int FMA_MATH = 3;

    /**
     * Returns the settings that the system properties ask for.
     *
     * @throws DeviceException if one has a value that it cannot have
     */
    public static CudnnSettings ofProperties() {
        return new CudnnSettings(
                isOn("gradus.cuda.deterministic", "on"),
                isOn("gradus.cuda.tf32", "off"),
                isOn("gradus.cuda.tune", "off"),
                Long.getLong("gradus.cuda.workspace", 1L << 30));
    }

    private static boolean isOn(String property, String standard) {
        String value = System.getProperty(property, standard);
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default ->
                    throw new DeviceException(
                            "the property " + property + " is '" + value + "': it takes on or off");
        };
    }

    /** Returns the {@code cudnnMathType_t} to ask for. */
    int mathType(DType dtype) {
        return switch (dtype) {
            // what is called default takes TF32 where there is some
            case F32 -> tensorFloat32 ? DEFAULT_MATH : FMA_MATH;
            case F16, BF16 -> TENSOR_OP_MATH;
            default -> DEFAULT_MATH;
        };
    }

    /** Returns the {@code cudnnMathType_t} to compute with, of an algorithm that was suggested. */
    int mathType(DType dtype, Algorithm algorithm) {
        return dtype == DType.F32 && !tensorFloat32 ? FMA_MATH : algorithm.mathType();
    }

    /** Returns whether an algorithm may be used. */
    boolean allows(Algorithm algorithm) {
        return algorithm.status() == 0
                && algorithm.workspaceBytes() <= workspaceBytes
                && (algorithm.isDeterministic() || !deterministic);
    }
}
