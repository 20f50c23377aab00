package org.gradus.tests.train;

import static org.gradus.tests.train.SmallTraining.TRAIN;
import static org.gradus.tests.train.SmallTraining.VALIDATION;
import static org.gradus.tests.train.SmallTraining.assertSameTensors;
import static org.gradus.tests.train.SmallTraining.trainer;
import static org.gradus.train.TrainingLength.epochs;
import static org.gradus.train.TrainingLength.steps;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.gradus.data.Batch;
import org.gradus.data.DataException;
import org.gradus.data.Dataset;
import org.gradus.data.Sample;
import org.gradus.device.Device;
import org.gradus.device.DeviceMemoryException;
import org.gradus.models.Mlp;
import org.gradus.tensor.Tensor;
import org.gradus.train.StepReport;
import org.gradus.train.TrainingListener;
import org.junit.jupiter.api.Test;

/** The batches of the next step come to the device while it computes the present one. */
class BatchesAheadTest {
    private static final String UPLOAD = "uploadAhead";
    private static final String REPORT = "report";

    /** The CPU with a diary of uploads, each two of which are a batch, and reports. */
    private static final class Diary implements TrainingListener {
        private final List<String> entries = new ArrayList<>();
        private final Device device;

        /** An upload, counted from 1, for which there is no memory at first; 0 for none. */
        private final int refused;

        private int uploads;
        private int refusals;

        Diary(int refused) {
            this.refused = refused;
            this.device =
                    (Device)
                            Proxy.newProxyInstance(
                                    Device.class.getClassLoader(),
                                    new Class<?>[] {Device.class},
                                    (proxy, method, arguments) ->
                                            method.getDeclaringClass() == Object.class
                                                    ? asObject(proxy, method, arguments)
                                                    : asDevice(method, arguments));
        }

        private static Object asObject(Object proxy, Method method, Object[] arguments) {
            return switch (method.getName()) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "the CPU with a diary";
            };
        }

        private Object asDevice(Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals(UPLOAD)) {
                entries.add(UPLOAD);
                // a storage asks twice: the second time after all work is done
                if (uploads + 1 == refused && refusals < 2) {
                    refusals++;
                    throw new DeviceMemoryException("out of memory");
                }
                uploads++;
            }
            try {
                return method.invoke(Device.of("cpu"), arguments);
            } catch (InvocationTargetException problem) {
                throw problem.getCause();
            }
        }

        @Override
        public void onStep(StepReport report) {
            entries.add(REPORT);
        }
    }

    @Test
    void theNextBatchIsUploadedBeforeTheLossIsRead() {
        Diary diary = new Diary(0);
        Mlp model = SmallTraining.model();
        trainer(model)
                .device(diary.device)
                .reportEvery(1)
                .listener(diary)
                .fit(TRAIN, null, steps(3));
        assertEquals(
                List.of(UPLOAD, UPLOAD, UPLOAD, UPLOAD, REPORT, UPLOAD, UPLOAD, REPORT, REPORT),
                diary.entries);
        model.release();
    }

    @Test
    void whereThereIsNoMemoryAheadTheBatchComesInItsTurn() {
        Mlp expected = SmallTraining.model();
        trainer(expected).fit(TRAIN, VALIDATION, epochs(2));
        int before = Tensor.liveStorages();
        Diary diary = new Diary(6);
        Mlp actual = SmallTraining.model();
        trainer(actual).device(diary.device).fit(TRAIN, VALIDATION, epochs(2));
        assertEquals(2, diary.refusals);
        assertSameTensors(expected.stateDict(), actual.stateDict());
        actual.release();
        expected.release();
        // at most: the collector may find garbage of earlier tests meanwhile
        assertTrue(Tensor.liveStorages() <= before);
    }

    @Test
    void aBatchThatCannotBeReadFailsInItsTurn() {
        Dataset broken =
                new Dataset() {
                    @Override
                    public int size() {
                        return TRAIN.size();
                    }

                    @Override
                    public Sample get(int index) {
                        return TRAIN.get(index);
                    }

                    @Override
                    public Batch batch(int[] indices) {
                        if (indices.length < 16) {
                            throw new DataException("the last batch is broken");
                        }
                        return TRAIN.batch(indices);
                    }

                    @Override
                    public String description() {
                        return "broken";
                    }
                };
        int before = Tensor.liveStorages();
        Diary diary = new Diary(0);
        Mlp model = SmallTraining.model();
        var problem =
                assertThrows(
                        DataException.class,
                        () ->
                                trainer(model)
                                        .reportEvery(1)
                                        .listener(diary)
                                        .fit(broken, null, epochs(1)));
        assertEquals("the last batch is broken", problem.getMessage());
        // all whole batches were trained on, and told of
        assertEquals(6, diary.entries.size());
        model.release();
        assertTrue(Tensor.liveStorages() <= before);
    }
}
