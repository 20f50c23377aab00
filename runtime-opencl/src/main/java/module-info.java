/** The OpenCL device. */
module org.gradus.opencl {
    requires org.gradus;
    requires org.gradus.kernels;
}
