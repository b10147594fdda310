/**
 * Constants that kernels and TypeScript share. Portable: no imports, only numbers.
 *
 * ```
 * engine memory
 *        0 ..     1 KiB   never used: a null pointer is 0
 *    1 KiB ..    64 KiB   the kernels' read-only tables (asconfig.json: memoryBase)
 *   64 KiB ..     1 MiB   the allocator's control block (kernel/workers/page-allocator.ts)
 *    1 MiB .. size-64KiB  pages
 *             last page   never handed out: SIMD kernels may read past a block's end
 * ```
 */
export const PAGE_BYTES = 65536;
export const CONTROL_OFFSET = 65536;
export const PAGES_OFFSET = 1048576;
