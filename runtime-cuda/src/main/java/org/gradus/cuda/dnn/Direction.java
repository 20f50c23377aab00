package org.gradus.cuda.dnn;

/**
 * The three products of a convolution. Each takes two of image, weight and output, and gives the
 * third.
 */
enum Direction {
    /** Image and weight to output. */
    FORWARD("Forward", "convolve"),
    /** Weight and the output's gradient to the image's. */
    INPUT("BackwardData", "compute the input gradient of the convolution of"),
    /** Image and the output's gradient to the weight's. */
    WEIGHT("BackwardFilter", "compute the weight gradient of the convolution of");

    private final String functions;
    private final String sentence;

    Direction(String functions, String sentence) {
        this.functions = functions;
        this.sentence = sentence;
    }

    /** Returns what the library's functions for it have in their names. */
    String functions() {
        return functions;
    }

    /** Returns what it does, for messages. */
    String sentence() {
        return sentence;
    }
}
