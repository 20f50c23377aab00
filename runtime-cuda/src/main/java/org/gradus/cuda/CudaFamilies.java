package org.gradus.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.gradus.cuda.dnn.ColumnConvolution;
import org.gradus.cuda.dnn.Cudnn;
import org.gradus.cuda.dnn.CudnnConvolution;
import org.gradus.cuda.dnn.CudnnLayers;
import org.gradus.cuda.dnn.CudnnNormalization;
import org.gradus.cuda.dnn.CudnnPooling;
import org.gradus.cuda.dnn.CudnnRecurrentLayers;
import org.gradus.cuda.dnn.CudnnSettings;
import org.gradus.cuda.library.DeviceStream;
import org.gradus.cuda.library.ProcessEnvironment;
import org.gradus.device.ConvolutionKernels;
import org.gradus.device.Device;
import org.gradus.device.DeviceException;
import org.gradus.device.Kernels;
import org.gradus.device.NormalizationKernels;
import org.gradus.device.PoolingKernels;
import org.gradus.device.RecurrentLayerKernels;
import org.gradus.dtype.DType;

/**
 * Which implementation serves for each kernel family of a device: cuDNN where there is one and it
 * fits, else the own kernels. The choice is made when the device is opened.
 *
 * <ul>
 *   <li>Convolution: cuDNN, also of {@code F64}, which there are no own kernels of.
 *   <li>Pooling: cuDNN for means, own kernels for maxima and gradients.
 *   <li>Normalization: cuDNN for channels, own kernels for rows.
 *   <li>Layers of recurrent networks: cuDNN 9; own kernels for sequences with lengths, which cuDNN
 *       wants to know on the host.
 *   <li>Softmax, attention, alignments and many tensors at once: own kernels, which take labels,
 *       masks, lengths and programs as the framework has them.
 * </ul>
 */
final class CudaFamilies {
    /** The own kernels. */
    interface Own {
        /** Answers as {@link Device#kernels} says. */
        <K extends Kernels> Optional<K> find(Class<K> family, DType dtype);
    }

    /**
     * What cuDNN's recurrent layers give can depend on which of cuBLAS's buffers, of two sizes, is
     * free; with two of one size it does not.
     */
    private static final String BLAS_BUFFERS = "CUBLAS_WORKSPACE_CONFIG";

    private static final String OF_ONE_SIZE = ":4096:2";

    private final Own own;
    private final List<Kernels> byCudnn;
    private final Optional<ConvolutionKernels> ofDoubles;
    private final String description;
    private final String recurrentLayers;

    /**
     * Chooses.
     *
     * @param own the own kernels
     * @param device has the primitives
     * @throws DeviceException if the library that a property asks for does not start
     */
    static CudaFamilies open(CudnnChoice choice, DeviceStream stream, Own own, Device device) {
        CudnnSettings settings = CudnnSettings.ofProperties();
        if (settings.deterministic()) {
            ProcessEnvironment.setUnlessSet(BLAS_BUFFERS, OF_ONE_SIZE);
        }
        try {
            Optional<Cudnn> cudnn = choice.start(stream);
            return cudnn.map(library -> with(library, settings, choice, stream, own, device))
                    .orElseGet(() -> byOwn(own, choice.description()));
        } catch (DeviceException broken) {
            String what = choice.description() + " does not start: " + broken.getMessage();
            if (choice.isForced()) {
                throw new DeviceException("the device " + stream.device() + ": " + what, broken);
            }
            return byOwn(own, "own kernels, as " + what);
        }
    }

    private static CudaFamilies byOwn(Own own, String reason) {
        return new CudaFamilies(own, List.of(), Optional.empty(), reason, reason);
    }

    private static CudaFamilies with(
            Cudnn cudnn,
            CudnnSettings settings,
            CudnnChoice choice,
            DeviceStream stream,
            Own own,
            Device device) {
        List<Kernels> kernels = new ArrayList<>();
        var convolution =
                new CudnnConvolution(
                        stream, cudnn, settings, require(own, ConvolutionKernels.class));
        var ofDoubles =
                new CudnnConvolution(stream, cudnn, settings, new ColumnConvolution(device));
        kernels.add(convolution);
        stream.onClose(convolution::close);
        stream.onClose(ofDoubles::close);
        if (cudnn instanceof CudnnLayers layers) {
            var pooling = new CudnnPooling(stream, layers, require(own, PoolingKernels.class));
            var normalization =
                    new CudnnNormalization(
                            stream, layers, require(own, NormalizationKernels.class));
            var recurrent = new CudnnRecurrentLayers(stream, layers, settings, device);
            kernels.add(pooling);
            kernels.add(normalization);
            kernels.add(recurrent);
            stream.onClose(recurrent::close);
            stream.onClose(pooling::close);
            stream.onClose(normalization::close);
        }
        stream.onClose(cudnn::close);
        return new CudaFamilies(
                own,
                kernels,
                Optional.of(ofDoubles),
                choice.description(),
                choice.recurrentLayers());
    }

    private static <K extends Kernels> K require(Own own, Class<K> family) {
        return own.find(family, DType.F32).orElseThrow();
    }

    private CudaFamilies(
            Own own,
            List<Kernels> byCudnn,
            Optional<ConvolutionKernels> ofDoubles,
            String description,
            String recurrentLayers) {
        this.own = own;
        this.byCudnn = byCudnn;
        this.ofDoubles = ofDoubles;
        this.description = description;
        this.recurrentLayers = recurrentLayers;
    }

    /** Answers as {@link Device#kernels} says. */
    <K extends Kernels> Optional<K> find(Class<K> family, DType dtype) {
        if (dtype == DType.F64 && family == ConvolutionKernels.class) {
            return ofDoubles.map(family::cast);
        }
        if (family == RecurrentLayerKernels.class) {
            return CudnnRecurrentLayers.takes(dtype) ? byCudnn(family) : Optional.empty();
        }
        Optional<K> fallback = own.find(family, dtype);
        return fallback.isEmpty() ? fallback : byCudnn(family).or(() -> fallback);
    }

    private <K extends Kernels> Optional<K> byCudnn(Class<K> family) {
        return byCudnn.stream().filter(family::isInstance).map(family::cast).findFirst();
    }

    /** Returns what serves for convolutions, as {@code gradus doctor} says it. */
    String description() {
        return description;
    }

    /** Returns what serves for layers of recurrent networks, likewise. */
    String recurrentLayers() {
        return recurrentLayers;
    }
}
