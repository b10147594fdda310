// All kernels are one module: every file with exports is listed here.
export * from './accumulate';
export * from './arithmetic';
export * from './bitmap';
export * from './cast';
export * from './compare';
export * from './json';
export * from './dense';
export * from './dictionary';
export * from './hash';
export * from './movement';
export * from './strings';
export * from './text';
export * from './window';
