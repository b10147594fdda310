import type { ScalarFunction } from './contract.ts';

export const STRINGS: readonly ScalarFunction[] = [];
