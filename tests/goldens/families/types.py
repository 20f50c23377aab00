"""What type a result has, conversions, and arithmetic of whole numbers."""

import torch

from golden import flags, integers, normal, values

TYPES = {"bool": torch.bool, "u8": torch.uint8, "i32": torch.int32, "i64": torch.int64,
         "f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32, "f64": torch.float64}


def add(g):
    for a in TYPES:
        for b in TYPES:
            g.case("promote", [values([1.0, 0.0], TYPES[a]), values([0.0, 1.0], TYPES[b])],
                   lambda x, y, **_: torch.cat([x, y]),
                   gradients=False, native=True, a=a, b=b)
    spread = [0.0, 1.0, -1.0, 2.5, -2.5, 3.5, 100.7, -100.7, 1 / 3, 1e-5, 1234.567]
    for name, dtype in TYPES.items():
        if name == "u8":
            continue
        g.case("to", [values(spread)], lambda x, type, d=dtype: x.to(d), gradients=False,
               native=True, type=name)
    g.case("to", [values([0.0, 1.0, 2.5, 255.0])], lambda x, type: x.to(torch.uint8),
           gradients=False, native=True, type="u8")
    for name in ["f16", "bf16"]:
        # halfway cases, subnormals, overflow
        g.case("to", [values([1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -9, 1 + 2 ** -11, 65504.0,
                              65519.0, 65520.0, 1e-7, 6e-8, 2e-8, float("inf"), float("nan")])],
               lambda x, type, d=TYPES[name]: x.to(d), gradients=False, native=True, type=name,
               note="rounding")
    for name in ["i32", "i64", "u8", "bool", "f16", "bf16"]:
        numbers = [0, 1, 1] if name == "bool" else [0, 3, 200]
        for to in ["f32", "i64", "i32", "f64"]:
            g.case("to", [values(numbers, TYPES[name])],
                   lambda x, type: x.to(TYPES[type]), gradients=False, native=True, type=to,
                   note=f"from {name}")
    for name in ["u8", "i32", "i64"]:
        # wraps around
        a, b = values([250, 7, 100, 3], TYPES[name]), values([10, 2, 100, 5], TYPES[name])
        for op, function in [("add", torch.add), ("sub", torch.sub), ("mul", torch.mul),
                             ("maximum", torch.maximum), ("minimum", torch.minimum)]:
            g.case(op, [a, b], function, note=name)
        g.case("sum", [a], lambda x, axes: x.sum(), axes=[], note=name)
        g.case("prod", [a], lambda x, axes: x.prod(), axes=[], note=name)
        g.case("div", [a, b], torch.div, native=True, note=name)
    g.case("sum", [flags(5, 7)], lambda x, axes: x.sum(axes), axes=[1])
    for name in ["i32", "i64"]:
        g.case("neg", [integers(-9, 9, 7, dtype=TYPES[name])], torch.neg, note=name)
        g.case("abs", [integers(-9, 9, 7, dtype=TYPES[name])], torch.abs, note=name)
        g.case("exp", [integers(-3, 3, 7, dtype=TYPES[name])], torch.exp, native=True, note=name)
        g.case("addNumber", [integers(-9, 9, 7, dtype=TYPES[name])],
               lambda x, number: x + number, number=2.5, native=True, note=name)
        g.case("addNumber", [integers(-9, 9, 7, dtype=TYPES[name])],
               lambda x, number: x + number, number=2, note=name)
    g.case("mul", [flags(5), normal(5)], torch.mul, note="bool")
    g.case("mul", [integers(-5, 5, 5), normal(3, 5)], torch.mul, note="mixed")
