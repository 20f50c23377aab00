package org.gradus.dtype;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class DTypeTest {
    @Test
    void promotionIsThatOfPyTorch() {
        // torch.promote_types for every pair
        String[] table = {
            "     bool u8   i32  i64  f16  bf16 f32  f64",
            "bool bool u8   i32  i64  f16  bf16 f32  f64",
            "u8   u8   u8   i32  i64  f16  bf16 f32  f64",
            "i32  i32  i32  i32  i64  f16  bf16 f32  f64",
            "i64  i64  i64  i64  i64  f16  bf16 f32  f64",
            "f16  f16  f16  f16  f16  f16  f32  f32  f64",
            "bf16 bf16 bf16 bf16 bf16 f32  bf16 f32  f64",
            "f32  f32  f32  f32  f32  f32  f32  f32  f64",
            "f64  f64  f64  f64  f64  f64  f64  f64  f64",
        };
        String[] columns = table[0].trim().split(" +");
        assertEquals(DType.values().length, columns.length);
        for (int row = 1; row < table.length; row++) {
            String[] cells = table[row].split(" +");
            for (int column = 0; column < columns.length; column++) {
                DType promoted = type(cells[0]).promote(type(columns[column]));
                assertEquals(
                        type(cells[column + 1]), promoted, cells[0] + " and " + columns[column]);
            }
        }
    }

    private static DType type(String name) {
        return DType.valueOf(name.toUpperCase(Locale.ROOT));
    }

    @Test
    void arithmeticIsNeverDoneInAStorageFormat() {
        assertEquals(DType.F32, DType.F16.computeType());
        assertEquals(DType.F32, DType.BF16.computeType());
        assertEquals(DType.I32, DType.U8.computeType());
        for (DType type : DType.values()) {
            assertEquals(type.computeType(), type.computeType().computeType());
            assertEquals(type.isFloating(), type.computeType().isFloating());
        }
    }

    @Test
    void kindsAreDisjoint() {
        for (DType type : DType.values()) {
            int kinds = (type.isFloating() ? 1 : 0) + (type.isInteger() ? 1 : 0);
            assertEquals(type == DType.BOOL ? 0 : 1, kinds, type::toString);
        }
    }

    @Test
    void sizesAreInBytes() {
        int bytes = 0;
        for (DType type : DType.values()) {
            bytes += type.bytes();
        }
        assertEquals(1 + 1 + 4 + 8 + 2 + 2 + 4 + 8, bytes);
    }
}
