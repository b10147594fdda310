/** The registry as the physical layer asks it: analysed plans name only functions that exist. */
import { AssertionError } from '../core/assert.ts';
import type { AggregateFunction, ScalarFunction } from '../functions/contract.ts';
import { lookupFunction } from '../functions/registry.ts';

export { castImplementation } from '../functions/cast.ts';

export function scalarFunction(name: string): ScalarFunction {
  const entry = lookupFunction(name);
  if (entry?.kind === 'scalar') return entry;
  throw new AssertionError(`${name} is not a scalar function of the registry`);
}

export function aggregateFunction(name: string): AggregateFunction {
  const entry = lookupFunction(name);
  if (entry?.kind === 'aggregate') return entry;
  throw new AssertionError(`${name} is not an aggregate function of the registry`);
}
