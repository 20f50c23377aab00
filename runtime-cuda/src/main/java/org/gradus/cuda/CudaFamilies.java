package org.gradus.cuda;

import java.util.List;
import java.util.Optional;
import org.gradus.cuda.dnn.Cudnn;
import org.gradus.cuda.dnn.CudnnConvolution;
import org.gradus.cuda.dnn.CudnnNormalization;
import org.gradus.cuda.dnn.CudnnPooling;
import org.gradus.cuda.dnn.CudnnSettings;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.DeviceException;
import org.gradus.device.Kernels;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.PoolingKernels;
import org.gradus.dtype.DType;

/**
 * Which implementation serves for each kernel family of a device: cuDNN where there is one and it
 * fits, else the own kernels. The choice is made when the device is opened.
 *
 * <ul>
 *   <li>Convolution: cuDNN, for all types that the own kernels have.
 *   <li>Pooling: cuDNN for means, own kernels for maxima and gradients.
 *   <li>Normalization: cuDNN for channels, own kernels for rows.
 *   <li>Softmax, attention, recurrent cells and many tensors at once: own kernels, which take
 *       labels, masks, lengths and programs as the framework has them.
 * </ul>
 */
final class CudaFamilies {
    /** The own kernels. */
    interface Own {
        /** Answers as {@link org.gradus.device.Device#kernels} says. */
        <K extends Kernels> Optional<K> find(Class<K> family, DType dtype);
    }

    private final Own own;
    private final List<Kernels> byCudnn;
    private final String description;

    /**
     * Chooses.
     *
     * @throws DeviceException if the library that a property asks for does not start
     */
    static CudaFamilies open(CudnnChoice choice, DeviceStream stream, Own own) {
        CudnnSettings settings = CudnnSettings.ofProperties();
        try {
            Optional<Cudnn> cudnn = choice.start(stream);
            return cudnn.map(library -> with(library, settings, choice.description(), stream, own))
                    .orElseGet(() -> new CudaFamilies(own, List.of(), choice.description()));
        } catch (DeviceException broken) {
            String what = choice.description() + " does not start: " + broken.getMessage();
            if (choice.wanted()) {
                throw new DeviceException("the device " + stream.device() + ": " + what, broken);
            }
            return new CudaFamilies(own, List.of(), "own kernels, as " + what);
        }
    }

    private static CudaFamilies with(
            Cudnn cudnn, CudnnSettings settings, String description, DeviceStream stream, Own own) {
        var convolution =
                new CudnnConvolution(
                        stream, cudnn, settings, require(own, ConvolutionKernels.class));
        var pooling = new CudnnPooling(stream, cudnn, require(own, PoolingKernels.class));
        var normalization =
                new CudnnNormalization(stream, cudnn, require(own, NormalizationKernels.class));
        stream.onClose(
                () -> {
                    convolution.close();
                    pooling.close();
                    normalization.close();
                    cudnn.close();
                });
        return new CudaFamilies(own, List.of(convolution, pooling, normalization), description);
    }

    private static <K extends Kernels> K require(Own own, Class<K> family) {
        return own.find(family, DType.F32).orElseThrow();
    }

    private CudaFamilies(Own own, List<Kernels> byCudnn, String description) {
        this.own = own;
        this.byCudnn = byCudnn;
        this.description = description;
    }

    /** Answers as {@link org.gradus.device.Device#kernels} says. */
    <K extends Kernels> Optional<K> find(Class<K> family, DType dtype) {
        Optional<K> fallback = own.find(family, dtype);
        if (fallback.isEmpty()) {
            return fallback;
        }
        return byCudnn.stream()
                .filter(family::isInstance)
                .map(family::cast)
                .findFirst()
                .or(() -> fallback);
    }

    /** Returns what serves for convolutions, as {@code gradus doctor} says it. */
    String description() {
        return description;
    }
}
