// All kernels are one module: every file with exports is listed here.
export * from './bitmap';
