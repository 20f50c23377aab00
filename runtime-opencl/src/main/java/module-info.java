/** The OpenCL device. */
module org.gradus.opencl {
    requires org.gradus;
    requires org.gradus.kernels;
    requires jocl;

    provides org.gradus.device.DeviceProvider with
            org.gradus.opencl.OpenClProvider;
}
