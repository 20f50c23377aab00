/** The CUDA device. */
module org.gradus.cuda {
    requires org.gradus;
    requires org.gradus.kernels;
    requires jcublas;
    requires jcuda;
    requires jcudnn;

    provides org.gradus.device.DeviceProvider with
            org.gradus.cuda.CudaProvider;
}
