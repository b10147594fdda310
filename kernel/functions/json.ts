import type { ScalarFunction } from './contract.ts';

export const JSON_FUNCTIONS: readonly ScalarFunction[] = [];
