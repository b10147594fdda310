/** The kernels of group tables (kernel/physical/group-table): dictionaries and dense accumulators. */
export interface GroupKernels {}
