/** Makes the state stores of a streaming query. */
import type { StateStoreFactory } from '../stream/ports.ts';
import { AggregateStore } from './aggregate-store.ts';
import { DeduplicateStore } from './deduplicate-store.ts';
import type { StateEnvironment } from './operator-state.ts';

export function createStateStores(environment: StateEnvironment): StateStoreFactory {
  return {
    open: async (spec, options) => {
      switch (spec.kind) {
        case 'aggregate':
          return await AggregateStore.open(environment, spec, options);
        case 'deduplicate':
          return await DeduplicateStore.open(environment, spec, options);
      }
    },
  };
}
