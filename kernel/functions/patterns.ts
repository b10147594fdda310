import type { ScalarFunction } from './contract.ts';

export const PATTERNS: readonly ScalarFunction[] = [];
