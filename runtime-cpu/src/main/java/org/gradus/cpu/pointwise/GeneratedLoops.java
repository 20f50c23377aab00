package org.gradus.cpu.pointwise;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.function.Consumer;

/** Makes {@link FloatLoop}s of code that is written at run time: hidden classes. */
final class GeneratedLoops {
    // the locals of FloatLoop.run, after this
    static final int TENSORS = 1;
    static final int SCALARS = 2;
    static final int FROM = 3;
    static final int TO = 4;

    private static final ClassDesc FLOATS = CD_float.arrayType();
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(CD_void, FLOATS.arrayType(), FLOATS, CD_int, CD_int);

    private GeneratedLoops() {}

    /**
     * Returns a loop.
     *
     * @param name of its class, for stack traces
     * @param run writes the code of {@link FloatLoop#run}
     */
    static FloatLoop define(String name, Consumer<CodeBuilder> run) {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        String packageName = lookup.lookupClass().getPackageName();
        ClassDesc loop = ClassDesc.of(packageName, FloatLoop.class.getSimpleName());
        byte[] bytes =
                ClassFile.of()
                        .build(
                                ClassDesc.of(packageName, name),
                                type ->
                                        type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                                                .withInterfaceSymbols(loop)
                                                .withMethodBody(
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void,
                                                        0,
                                                        GeneratedLoops::constructor)
                                                .withMethodBody(
                                                        "run", RUN, ClassFile.ACC_PUBLIC, run));
        try {
            Class<?> type = lookup.defineHiddenClass(bytes, true).lookupClass();
            return (FloatLoop) type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("a generated loop cannot be made", impossible);
        }
    }

    private static void constructor(CodeBuilder code) {
        code.aload(0)
                .invokespecial(
                        ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                .return_();
    }
}
