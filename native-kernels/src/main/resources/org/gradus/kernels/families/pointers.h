/*
 * What the elements behind a pointer are, by the pointer's name: their type in memory, and how they
 * are read and written. Values are floats where the elements are floating, whatever their width.
 */
#define TYPE(POINTER) TYPE_##POINTER
#define LOAD(POINTER, I) LOAD_##POINTER(POINTER, I)
#define STORE(POINTER, I, X) STORE_##POINTER(POINTER, I, X)

