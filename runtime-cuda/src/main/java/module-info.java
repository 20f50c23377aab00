/** The CUDA device. */
module org.gradus.cuda {
    requires org.gradus;
    requires org.gradus.kernels;
    requires jcublas;
    requires jcuda;

    provides org.gradus.device.DeviceProvider with
            org.gradus.cuda.CudaProvider;
}
