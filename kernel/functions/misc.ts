import type { ScalarFunction } from './contract.ts';

export const MISC: readonly ScalarFunction[] = [];
