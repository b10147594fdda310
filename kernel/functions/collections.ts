import type { ScalarFunction } from './contract.ts';

export const COLLECTIONS: readonly ScalarFunction[] = [];
