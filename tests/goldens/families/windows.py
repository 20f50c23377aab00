"""Convolution and pooling over 1 to 3 spatial axes."""

from torch.nn import functional as F

from golden import normal, values

CONVOLVE = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
MAXIMUM = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVERAGE = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
ADAPTIVE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}

# input, weight, stride, padding, dilation, groups, bias
CONVOLUTIONS = [
    ((2, 3, 7), (4, 3, 3), [1], [0], [1], 1, True),
    ((2, 3, 7), (4, 3, 3), [2], [1], [1], 1, False),
    ((1, 2, 11), (3, 2, 3), [1], [2], [2], 1, True),
    ((1, 1, 1), (1, 1, 1), [1], [0], [1], 1, True),
    ((2, 3, 5, 7), (4, 3, 3, 3), [1, 1], [1, 1], [1, 1], 1, True),
    ((2, 3, 5, 7), (4, 3, 3, 3), [1, 1], [0, 0], [1, 1], 1, False),
    ((1, 3, 8, 9), (4, 3, 3, 2), [2, 3], [1, 0], [1, 1], 1, True),
    ((2, 4, 6, 5), (6, 2, 3, 3), [1, 1], [1, 1], [1, 1], 2, True),
    ((2, 4, 6, 5), (4, 1, 3, 3), [1, 1], [1, 1], [1, 1], 4, True),
    ((1, 3, 7, 7), (6, 1, 3, 3), [2, 2], [1, 1], [1, 1], 3, False),
    ((2, 3, 9, 8), (2, 3, 3, 3), [1, 1], [2, 2], [2, 2], 1, True),
    ((2, 5, 4, 3), (7, 5, 1, 1), [1, 1], [0, 0], [1, 1], 1, True),
    ((2, 5, 4, 3), (7, 5, 1, 1), [2, 2], [0, 0], [1, 1], 1, False),
    ((1, 2, 6, 6), (3, 2, 5, 5), [1, 1], [2, 2], [1, 1], 1, True),
    ((1, 1, 3, 3), (1, 1, 3, 3), [1, 1], [0, 0], [1, 1], 1, True),
    ((0, 3, 5, 5), (4, 3, 3, 3), [1, 1], [1, 1], [1, 1], 1, True),
    ((3, 17, 5, 5), (19, 17, 3, 3), [1, 1], [1, 1], [1, 1], 1, True),
    ((1, 2, 4, 5, 3), (3, 2, 3, 2, 2), [1, 1, 1], [1, 0, 1], [1, 1, 1], 1, True),
    ((1, 2, 5, 5, 4), (4, 1, 2, 3, 2), [2, 1, 2], [0, 1, 0], [1, 2, 1], 2, False),
]

# input, weight, stride, padding, output padding, dilation, groups, bias
TRANSPOSED_CONVOLUTIONS = [
    ((2, 3, 5), (3, 4, 3), [1], [0], [0], [1], 1, True),
    ((2, 3, 5), (3, 4, 3), [2], [1], [1], [1], 1, False),
    ((2, 3, 4, 5), (3, 4, 3, 3), [1, 1], [1, 1], [0, 0], [1, 1], 1, True),
    ((2, 3, 4, 5), (3, 2, 2, 2), [2, 2], [0, 0], [0, 0], [1, 1], 1, True),
    ((1, 4, 3, 4), (4, 3, 3, 3), [2, 3], [1, 0], [1, 2], [1, 1], 2, True),
    ((1, 4, 3, 3), (4, 1, 3, 3), [2, 2], [1, 1], [0, 0], [1, 1], 4, False),
    ((1, 2, 3, 4), (2, 3, 2, 3), [1, 1], [1, 1], [0, 0], [2, 2], 1, True),
    ((1, 2, 2, 3, 2), (2, 3, 2, 2, 2), [2, 1, 2], [0, 0, 1], [1, 0, 0], [1, 1, 1], 1, True),
]

# input, kernel, stride, padding
POOLS = [
    ((2, 3, 7), [2], [2], [0]), ((2, 3, 7), [3], [1], [1]), ((1, 1, 3), [3], [3], [0]),
    ((2, 3, 6, 7), [2, 2], [2, 2], [0, 0]), ((2, 3, 6, 7), [3, 3], [2, 2], [1, 1]),
    ((1, 2, 5, 5), [3, 2], [1, 1], [0, 1]), ((0, 2, 4, 4), [2, 2], [2, 2], [0, 0]),
    ((1, 2, 4, 5, 4), [2, 2, 2], [2, 1, 2], [0, 0, 0]), ((1, 17, 5, 5), [5, 5], [1, 1], [2, 2]),
]


def add(g):
    for x, w, stride, padding, dilation, groups, bias in CONVOLUTIONS:
        def convolve(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
            return CONVOLVE[len(stride)](x, w, b, stride, padding, dilation, groups)
        inputs = [normal(*x), normal(*w)] + ([normal(w[0])] if bias else [])
        g.case("convolve", inputs, convolve, length=200, stride=stride, padding=padding,
               dilation=dilation, groups=groups)
    for x, w, stride, padding, output, dilation, groups, bias in TRANSPOSED_CONVOLUTIONS:
        def transposed(x, w, b=None, stride=1, padding=0, outputPadding=0, dilation=1, groups=1):
            return TRANSPOSED[len(stride)](
                x, w, b, stride, padding, outputPadding, groups, dilation)
        inputs = [normal(*x), normal(*w)] + ([normal(w[1] * groups)] if bias else [])
        g.case("convolveTransposed", inputs, transposed, length=200, stride=stride,
               padding=padding, outputPadding=output, dilation=dilation, groups=groups)
    for x, kernel, stride, padding in POOLS:
        g.case("maxPool", [normal(*x)], lambda x, kernel, stride, padding: MAXIMUM[len(kernel)](
            x, kernel, stride, padding), length=9, kernel=kernel, stride=stride, padding=padding)
        for count in [True, False]:
            def average(x, kernel, stride, padding, countPadding):
                return AVERAGE[len(kernel)](
                    x, kernel, stride, padding, count_include_pad=countPadding)
            g.case("averagePool", [normal(*x)], average, length=25, kernel=kernel, stride=stride,
                   padding=padding, countPadding=count)
    g.case("maxPool", [normal(1, 2, 7, 8)], lambda x, kernel, stride, padding, dilation:
           F.max_pool2d(x, kernel, stride, padding, dilation), length=9, kernel=[3, 2],
           stride=[1, 1], padding=[1, 0], dilation=[2, 3])
    g.case("maxPool", [values([[[1.0, 1.0, 2.0, 2.0]]])], lambda x, kernel, stride, padding:
           F.max_pool1d(x, kernel, stride, padding), kernel=[2], stride=[2], padding=[0],
           note="ties")
    g.case("maxPool", [values([[[-3.0, -2.0, float("nan"), 1.0]]])],
           lambda x, kernel, stride, padding: F.max_pool1d(x, kernel, stride, padding),
           kernel=[3], stride=[1], padding=[1], gradients=False, note="NaN, negative")
    for x, sizes in [((2, 3, 7), [3]), ((2, 3, 6, 7), [2, 3]), ((2, 3, 6, 7), [1, 1]),
                     ((1, 2, 3, 3), [5, 4]), ((1, 1, 4, 5, 3), [2, 2, 2])]:
        g.case("adaptiveAveragePool", [normal(*x)],
               lambda x, sizes: ADAPTIVE[len(sizes)](x, sizes), length=42, sizes=sizes)
    for x, kernel, stride, padding, dilation in [((2, 3, 5, 6), [2, 3], [1, 1], [0, 0], [1, 1]),
                                                 ((1, 2, 5, 5), [3, 3], [2, 2], [1, 1], [1, 1]),
                                                 ((1, 1, 7, 7), [3, 2], [1, 2], [2, 1], [2, 2])]:
        g.case("unfold", [normal(*x)], lambda x, kernel, stride, padding, dilation: F.unfold(
            x, kernel, dilation, padding, stride), length=9, kernel=kernel, stride=stride,
            padding=padding, dilation=dilation)
    g.case("fold", [normal(2, 18, 9)], lambda x, shape, kernel, stride, padding: F.fold(
        x, shape[2:], kernel, padding=padding, stride=stride), length=9, shape=[2, 2, 5, 6],
        kernel=[3, 3], stride=[2, 2], padding=[1, 1])
