import type { ScalarFunction } from './contract.ts';

export const MATH: readonly ScalarFunction[] = [];
