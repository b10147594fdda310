/** Compiles the kernels unless they are up to date. @returns the path of the compiled module */
export function buildWasm(): Promise<string>;
