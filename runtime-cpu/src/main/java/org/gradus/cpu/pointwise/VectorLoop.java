package org.gradus.cpu.pointwise;

/**
 * A loop that takes whole vectors, for any number of elements: what is left of the last vector goes
 * through arrays of a vector's length.
 *
 * @param vectors the loop
 * @param inputs how many of the tensors are inputs; they come first
 * @param lanes the elements of a vector
 */
record VectorLoop(FloatLoop vectors, int inputs, int lanes) implements FloatLoop {
    @Override
    public void run(float[][] tensors, float[] scalars, int from, int to) {
        int rest = (to - from) % lanes;
        if (to - from > rest) {
            vectors.run(tensors, scalars, from, to - rest);
        }
        if (rest > 0) {
            runRest(tensors, scalars, to - rest, rest);
        }
    }

    private void runRest(float[][] tensors, float[] scalars, int at, int rest) {
        float[][] copies = new float[tensors.length][lanes];
        for (int i = 0; i < inputs; i++) {
            if (tensors[i] != null) {
                System.arraycopy(tensors[i], at, copies[i], 0, rest);
            }
        }
        vectors.run(copies, scalars, 0, lanes);
        for (int i = inputs; i < tensors.length; i++) {
            System.arraycopy(copies[i], 0, tensors[i], at, rest);
        }
    }
}
