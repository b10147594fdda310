/**
 * The state block of dense groups (wasm/kernels/dense.ts, kernel/physical/dense-groups). Integer constants only: both sides
 * import it. Fields are u32 unless noted; pointers are byte offsets into engine memory.
 *
 * ```
 *   0 directory: u32 pointers to panes' records, 0 = none      4 directoryCount
 *   8 keyCount: ids are below                                 12 stride: bytes of a record
 *  16 timeStep: 8, or 0 where there are no panes
 *  24 origin: i64    32 paneMicros: i64    40 firstPane: i64, number of the directory's first pane
 *  48 keyBase: i64, the key of id 0
 * ```
 *
 * A record: `0 count of rows: f64    8 + 8 k: sum k, f64 or i64`. A count of 0 says that there is no such group.
 */
export const DENSE_DIRECTORY = 0;
export const DENSE_DIRECTORY_COUNT = 4;
export const DENSE_KEY_COUNT = 8;
export const DENSE_STRIDE = 12;
export const DENSE_TIME_STEP = 16;
export const DENSE_ORIGIN = 24;
export const DENSE_PANE_MICROS = 32;
export const DENSE_FIRST_PANE = 40;
export const DENSE_KEY_BASE = 48;
export const DENSE_STATE_BYTES = 64;
