package org.gradus.cpu.pointwise;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the code of static methods in place of calls to them. The JVM's compiler leaves some calls
 * in a large method as they are, and a vector that is passed on goes through the heap, ten times
 * slower; what is copied cannot be left.
 *
 * <p>The methods run straight on: they have no branches, and return at their end. What they call of
 * the same classes is copied, too.
 */
final class MethodCopier {
    /** By the classes' internal names, then their own. */
    private final Map<String, Map<String, MethodModel>> classes = new HashMap<>();

    /** Prepares to copy methods of the given classes. */
    MethodCopier(Class<?>... sources) {
        for (Class<?> source : sources) {
            ClassModel model = ClassFile.of().parse(bytes(source));
            Map<String, MethodModel> methods = new HashMap<>();
            model.methods()
                    .forEach(method -> methods.put(method.methodName().stringValue(), method));
            classes.put(model.thisClass().asInternalName(), methods);
        }
    }

    private static byte[] bytes(Class<?> source) {
        try (InputStream file = source.getResourceAsStream(source.getSimpleName() + ".class")) {
            return file.readAllBytes();
        } catch (IOException problem) {
            throw new UncheckedIOException("the code of " + source + " cannot be read", problem);
        }
    }

    /** Writes a method's code; its arguments are on the stack, and its result will be. */
    void copy(CodeBuilder code, Class<?> owner, String name) {
        copy(code, owner.getName().replace('.', '/'), name);
    }

    private void copy(CodeBuilder code, String owner, String name) {
        MethodModel method = classes.get(owner).get(name);
        Map<Integer, Integer> slots = new HashMap<>();
        takeArguments(code, method, slots);
        for (CodeElement element : method.code().orElseThrow()) {
            switch (element) {
                case LoadInstruction load ->
                        code.loadLocal(
                                load.typeKind(), slot(code, slots, load.slot(), load.typeKind()));
                case StoreInstruction store ->
                        code.storeLocal(
                                store.typeKind(),
                                slot(code, slots, store.slot(), store.typeKind()));
                case InvokeInstruction call when isCopied(call) ->
                        copy(code, call.owner().asInternalName(), call.name().stringValue());
                case BranchInstruction _ ->
                        throw new IllegalArgumentException(name + " has a branch");
                case ReturnInstruction _ -> {} // the result is on the stack
                case Instruction instruction -> code.with(instruction);
                default -> {} // labels and what helps to debug
            }
        }
    }

    private boolean isCopied(InvokeInstruction call) {
        return call.opcode() == Opcode.INVOKESTATIC
                && classes.containsKey(call.owner().asInternalName());
    }

    private static int slot(
            CodeBuilder code, Map<Integer, Integer> slots, int original, TypeKind type) {
        return slots.computeIfAbsent(original, _ -> code.allocateLocal(type));
    }

    private static void takeArguments(
            CodeBuilder code, MethodModel method, Map<Integer, Integer> slots) {
        List<TypeKind> types =
                method.methodTypeSymbol().parameterList().stream().map(TypeKind::from).toList();
        int original = types.stream().mapToInt(TypeKind::slotSize).sum();
        for (TypeKind type : types.reversed()) {
            original -= type.slotSize();
            code.storeLocal(type, slot(code, slots, original, type));
        }
    }
}
