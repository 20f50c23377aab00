package org.gradus.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.gradus.dtype.DType;
import org.gradus.shape.Shape;
import org.gradus.tensor.HostArray;
import org.junit.jupiter.api.Test;

/** Random changes of images: what they make, how often, and that they can be repeated. */
class AugmentationTest {
    private static final HostArray LABEL = HostArray.of(new long[] {1}, Shape.scalar());

    /** A 2 by 3 image: a b c over d e f. */
    private static final HostArray LETTERS =
            HostArray.of(new float[] {1, 2, 3, 4, 5, 6}, Shape.of(1, 2, 3));

    private static HostArray apply(Transform transform, HostArray image, long seed) {
        return transform.apply(Sample.of(image, LABEL), Order.random(seed, 0, 0)).input();
    }

    private static HostArray ramp(DType dtype, int channels, int height, int width) {
        int count = channels * height * width;
        if (dtype == DType.U8) {
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) {
                bytes[i] = (byte) (i * 37);
            }
            return HostArray.ofBytes(bytes, Shape.of(channels, height, width));
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i % 11 / 10f;
        }
        return HostArray.of(values, Shape.of(channels, height, width));
    }

    @Test
    void flipsMirrorOneAxisWithTheirProbability() {
        Transform always = RandomFlip.horizontal().withProbability(1);
        assertArrayEquals(new float[] {3, 2, 1, 6, 5, 4}, apply(always, LETTERS, 0).toFloats());
        Transform vertical = RandomFlip.vertical().withProbability(1);
        assertArrayEquals(new float[] {4, 5, 6, 1, 2, 3}, apply(vertical, LETTERS, 0).toFloats());
        Transform never = RandomFlip.vertical().withProbability(0);
        assertArrayEquals(LETTERS.toFloats(), apply(never, LETTERS, 0).toFloats());
        // 2000 tosses have a deviation of 22
        Random random = new Random(1);
        long flipped =
                IntStream.range(0, 2000)
                        .filter(
                                _ ->
                                        RandomFlip.horizontal()
                                                        .apply(Sample.of(LETTERS, LABEL), random)
                                                        .input()
                                                        .get(0)
                                                == 3)
                        .count();
        assertEquals(1000, flipped, 100);
    }

    @Test
    void cropsComeFromEveryPlaceAlike() {
        RandomCrop crop = new RandomCrop(1, 1).padding(1);
        int[] counts = new int[7];
        Random random = new Random(2);
        for (int i = 0; i < 4000; i++) {
            counts[(int) crop.apply(Sample.of(LETTERS, LABEL), random).input().get(0)]++;
        }
        // of 4 by 5 places 14 are padding; 200 each, with a deviation of 14
        assertEquals(2800, counts[0], 150);
        for (int letter = 1; letter < 7; letter++) {
            assertEquals(200, counts[letter], 70, "letter " + letter);
        }
    }

    @Test
    void reflectedPaddingIsTheMirrorImageWithoutItsEdge() {
        RandomCrop whole = new RandomCrop(4, 5).reflectedPadding(1);
        float[] expected = {5, 4, 5, 6, 5, 2, 1, 2, 3, 2, 5, 4, 5, 6, 5, 2, 1, 2, 3, 2};
        assertArrayEquals(expected, apply(whole, LETTERS, 0).toFloats());
        RandomCrop tooWide = new RandomCrop(4, 5).reflectedPadding(2);
        assertThrows(IllegalArgumentException.class, () -> apply(tooWide, LETTERS, 0));
    }

    @Test
    void aCropThatDoesNotFitIsRefused() {
        RandomCrop crop = new RandomCrop(5, 2);
        assertThrows(IllegalArgumentException.class, () -> apply(crop, LETTERS, 0));
        assertThrows(IllegalArgumentException.class, () -> new RandomCrop(0, 2));
    }

    @Test
    void affineMapsMoveWhatTheirSettingsSay() {
        HostArray image = ramp(DType.F32, 2, 5, 5);
        assertArrayEquals(image.toFloats(), apply(new RandomAffine(), image, 3).toFloats(), 1e-6f);
        // a fixed magnification of 2 puts the middle's neighbours at the corners
        float[] large = apply(new RandomAffine().scaling(2, 2), image, 3).toFloats();
        assertEquals(image.get(6), large[0], 1e-6);
        assertEquals(image.get(12), large[12], 1e-6);
        assertEquals((image.get(12) + image.get(13)) / 2, large[13], 1e-6);
    }

    @Test
    void aRotationKeepsTheMiddleAndTheDistanceFromIt() {
        float[] pixels = new float[21 * 21];
        pixels[10 * 21 + 16] = 1;
        HostArray image = HostArray.of(pixels, Shape.of(1, 21, 21));
        double leftmost = 20;
        for (int seed = 0; seed < 50; seed++) {
            float[] turned = apply(new RandomAffine().rotation(90), image, seed).toFloats();
            double mass = 0;
            double x = 0;
            double y = 0;
            for (int i = 0; i < turned.length; i++) {
                mass += turned[i];
                x += turned[i] * (i % 21 - 10);
                y += turned[i] * (i / 21 - 10);
            }
            // interpolation spreads a pixel over its neighbours
            assertEquals(1, mass, 0.3);
            assertEquals(6, Math.hypot(x, y) / mass, 0.3);
            leftmost = Math.min(leftmost, x / mass);
        }
        assertTrue(leftmost > -0.3 && leftmost < 2, "the most turned was at " + leftmost);
    }

    @Test
    void shiftsReachAsFarAsTheyMay() {
        float[] pixels = new float[20 * 20];
        pixels[10 * 20 + 10] = 1;
        HostArray image = HostArray.of(pixels, Shape.of(1, 20, 20));
        double least = 20;
        double most = 0;
        for (int seed = 0; seed < 200; seed++) {
            Transform shift = new RandomAffine().translation(0.25, 0);
            float[] moved = apply(shift, image, seed).toFloats();
            double x = 0;
            for (int i = 0; i < moved.length; i++) {
                x += moved[i] * (i % 20);
            }
            least = Math.min(least, x);
            most = Math.max(most, x);
        }
        assertEquals(5, least, 0.3);
        assertEquals(15, most, 0.3);
    }

    @Test
    void erasingCoversTheStatedPartOfTheArea() {
        float[] ones = new float[3 * 32 * 32];
        Arrays.fill(ones, 1);
        HostArray image = HostArray.of(ones, Shape.of(3, 32, 32));
        Random random = new Random(4);
        int erased = 0;
        double area = 0;
        for (int i = 0; i < 1000; i++) {
            float[] result =
                    new RandomErasing().apply(Sample.of(image, LABEL), random).input().toFloats();
            long zeros = IntStream.range(0, result.length).filter(k -> result[k] == 0).count();
            assertTrue(zeros <= 0.36 * result.length, zeros + " pixels");
            erased += zeros > 0 ? 1 : 0;
            area += zeros / (double) result.length;
        }
        // half of 1000, deviation 16; of uniform parts from 2% to 33% those too long are left out
        assertEquals(500, erased, 80);
        assertEquals(0.175, area / erased, 0.02);
        assertEquals(1, image.get(0), "the original stays");
    }

    @Test
    void jitterStaysWithinItsFactorsAndTheRangeOfPixels() {
        HostArray image = ramp(DType.F32, 1, 4, 4);
        double least = 2;
        double most = 0;
        for (int seed = 0; seed < 300; seed++) {
            double pixel = apply(new ColorJitter(0.4, 0, 0), image, seed).get(5);
            least = Math.min(least, pixel);
            most = Math.max(most, pixel);
        }
        assertEquals(0.5 * 0.6, least, 0.01);
        assertEquals(0.5 * 1.4, most, 0.01);
        HostArray bytes = ramp(DType.U8, 3, 4, 4);
        HostArray changed = apply(new ColorJitter(1, 1, 1), bytes, 1);
        assertEquals(DType.U8, changed.dtype());
        assertFalse(Arrays.equals(bytes.toFloats(), changed.toFloats()));
        double before = spread(apply(new ColorJitter(0, 0, 0), bytes, 2));
        assertEquals(spread(bytes), before, 1e-9);
    }

    private static double spread(HostArray image) {
        double[] values = image.toDoubles();
        return Arrays.stream(values).max().orElseThrow()
                - Arrays.stream(values).min().orElseThrow();
    }

    @Test
    void mixupMixesInputsAndTargetsByOneShare() {
        Batch batch = batch(8);
        Batch mixed = SampleMixing.mixup(3, 1).apply(batch, new Random(5));
        assertEquals(Shape.of(8, 3), mixed.target().shape());
        for (int i = 0; i < 8; i++) {
            double[] targets = mixed.target().row(i).toDoubles();
            assertEquals(1, Arrays.stream(targets).sum(), 1e-6);
            // each pixel of sample i is its class: the expected class of the target, so
            double expected = targets[1] + 2 * targets[2];
            for (double pixel : mixed.input().row(i).toDoubles()) {
                assertEquals(expected, pixel, 1e-6);
            }
        }
    }

    @Test
    void cutMixPastesARectangleAndCountsIt() {
        Batch batch = batch(8);
        Batch mixed = SampleMixing.cutMix(3, 1).apply(batch, new Random(6));
        int changed = 0;
        for (int i = 0; i < 8; i++) {
            double[] targets = mixed.target().row(i).toDoubles();
            double[] pixels = mixed.input().row(i).toDoubles();
            for (int label = 0; label < 3; label++) {
                int of = label;
                double share = Arrays.stream(pixels).filter(p -> p == of).count() / 32.0;
                assertEquals(targets[label], share, 1e-6);
            }
            changed += Arrays.stream(targets).max().orElseThrow() < 1 ? 1 : 0;
        }
        assertTrue(changed > 0);
    }

    @Test
    void sharesFollowTheBetaDistribution() {
        for (double alpha : new double[] {0.2, 1, 4}) {
            double sum = 0;
            double squares = 0;
            int count = 3000;
            for (int seed = 0; seed < count; seed++) {
                Batch two =
                        new Batch(
                                List.of(HostArray.of(new float[] {0, 1}, Shape.of(2, 1))),
                                HostArray.of(new long[] {0, 1}, Shape.of(2)),
                                2);
                Batch mixed = SampleMixing.mixup(2, alpha).apply(two, new Random(seed * 7919L));
                double share = mixed.target().get(0);
                // paired with itself in half of all cases: those have the share 1
                sum += share;
                squares += share * share;
            }
            double mean = (0.5 + 1) / 2;
            double second = (1 + (0.25 + 1 / (4 * (2 * alpha + 1)))) / 2;
            // deviations of the means are below 0.5 / sqrt(3000) = 0.009
            assertEquals(mean, sum / count, 0.04, "alpha " + alpha);
            assertEquals(second, squares / count, 0.04, "alpha " + alpha);
        }
    }

    private static Batch batch(int size) {
        return images(size).batch(Order.sequential(size));
    }

    /** Images of 2 by 4 by 4 whose pixels are their class, one of three. */
    private static Dataset images(int size) {
        float[] pixels = new float[size * 32];
        long[] labels = new long[size];
        for (int i = 0; i < size; i++) {
            labels[i] = i % 3;
            Arrays.fill(pixels, i * 32, (i + 1) * 32, i % 3);
        }
        return InMemoryDataset.of(
                HostArray.of(pixels, Shape.of(size, 2, 4, 4)),
                HostArray.of(labels, Shape.of(size)),
                List.of(),
                "images");
    }

    @Test
    void anEpochIsTheSameWheneverItIsReadAndDiffersFromTheNext() {
        Transform all =
                new RandomCrop(4, 4)
                        .padding(1)
                        .then(
                                RandomFlip.horizontal(),
                                new RandomAffine().rotation(20).shearing(5),
                                new ColorJitter(0.2, 0.2, 0),
                                new RandomErasing());
        Dataset dataset = images(12).map(all, 3).augmentBatches(SampleMixing.mixup(3, 0.4), 5);
        float[] first = epoch(dataset, 1, 0);
        assertArrayEquals(first, epoch(dataset, 1, 3));
        assertFalse(Arrays.equals(first, epoch(dataset, 2, 0)));
        Dataset otherSeed = images(12).map(all, 4).augmentBatches(SampleMixing.mixup(3, 0.4), 5);
        assertFalse(Arrays.equals(first, epoch(otherSeed, 1, 0)));
        // resumed in the middle
        float[] rest = values(DataLoader.of(dataset, 4).shuffled(9).iterator(1, 2));
        assertArrayEquals(
                Arrays.copyOfRange(first, first.length - rest.length, first.length), rest);
    }

    private static float[] epoch(Dataset dataset, int epoch, int prefetch) {
        DataLoader loader = DataLoader.of(dataset, 4).shuffled(9).prefetch(prefetch);
        return values(loader.iterator(epoch));
    }

    private static float[] values(BatchIterator iterator) {
        try (BatchIterator batches = iterator) {
            float[] all = new float[0];
            while (batches.hasNext()) {
                Batch batch = batches.next();
                for (HostArray array : List.of(batch.input(), batch.target())) {
                    float[] values = array.toFloats();
                    int before = all.length;
                    all = Arrays.copyOf(all, before + values.length);
                    System.arraycopy(values, 0, all, before, values.length);
                }
            }
            return all;
        }
    }

    @Test
    void whatIsNoImageIsRefused() {
        HostArray flat = HostArray.of(new float[4], Shape.of(4));
        assertThrows(IllegalArgumentException.class, () -> apply(new RandomErasing(), flat, 0));
        Batch floats =
                new Batch(
                        List.of(HostArray.of(new float[4], Shape.of(2, 2))),
                        HostArray.of(new float[2], Shape.of(2)),
                        2);
        assertThrows(
                IllegalArgumentException.class,
                () -> SampleMixing.mixup(2, 1).apply(floats, new Random(0)));
        assertThrows(IllegalArgumentException.class, () -> SampleMixing.mixup(2, 0));
    }
}
