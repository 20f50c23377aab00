/** The CPU device: pure Java on the Vector API, or scalar code where that is absent. */
module org.gradus.cpu {
    requires org.gradus;
    requires static jdk.incubator.vector;
    requires jdk.management;

    provides org.gradus.device.DeviceProvider with
            org.gradus.cpu.CpuDeviceProvider;
}
