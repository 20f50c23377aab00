package org.gradus.kernels.families;

import java.util.List;
import java.util.Optional;
import org.gradus.device.Kernels;
import org.gradus.dtype.DType;
import org.gradus.kernels.Launcher;

/** The families that this package has: for {@code F32}, and 16-bit types computed in it. */
public final class KernelFamilies {
    private final List<Kernels> families;

    /** Creates the families of a device. Nothing is compiled before it is used. */
    public KernelFamilies(Launcher launcher) {
        Templates templates = new Templates(launcher);
        this.families =
                List.of(
                        new NativeConvolution(templates),
                        new NativePooling(templates),
                        new NativeNormalization(templates),
                        new NativeSoftmax(templates),
                        new NativeAttention(templates),
                        new NativeRecurrent(templates),
                        new NativeCtc(templates),
                        new NativeMultiTensor(templates));
    }

    /** Answers as {@link org.gradus.device.Device#kernels} says. */
    public <K extends Kernels> Optional<K> find(Class<K> family, DType dtype) {
        if (!dtype.isFloating() || dtype.computeType() != DType.F32) {
            return Optional.empty();
        }
        return families.stream().filter(family::isInstance).map(family::cast).findFirst();
    }
}
