import type { ScalarFunction } from './contract.ts';

export const DATE_TIME: readonly ScalarFunction[] = [];
