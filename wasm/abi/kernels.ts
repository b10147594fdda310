/**
 * The exports of the kernels module as TypeScript sees them. Pointers are byte offsets into the shared memory (numbers,
 * already `>>> 0`), counts are numbers, 64-bit integers are bigints. Kernels allocate nothing and return status codes.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- grows with the kernels, one member per export
export interface Kernels {}
