package org.gradus.data;

/** What a picture's pixels become. */
public enum ColorMode {
    /** One channel: the luma of ITU-R BT.601, as Pillow's mode {@code L}. */
    GRAY(1),
    /** Three channels: red, green, blue. */
    RGB(3);

    private final int channels;

    ColorMode(int channels) {
        this.channels = channels;
    }

    /** Returns the number of channels. */
    public int channels() {
        return channels;
    }
}
