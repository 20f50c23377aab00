/** The CUDA device. */
module org.gradus.cuda {
    requires org.gradus;
    requires org.gradus.kernels;
}
