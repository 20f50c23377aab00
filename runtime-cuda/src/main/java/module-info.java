/** The CUDA device. */
module org.gradus.cuda {
    requires org.gradus;
    requires org.gradus.kernels;
    requires jcuda;

    provides org.gradus.device.DeviceProvider with
            org.gradus.cuda.CudaProvider;
}
