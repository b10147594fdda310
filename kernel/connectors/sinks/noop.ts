/** `noop`: runs the query and throws its rows away, to measure it. */
import type { SinkProvider } from '../contract.ts';

export const noopSink: SinkProvider = {
  format: 'noop',
  outputModes: ['append', 'complete', 'update'],
  create: () =>
    Promise.resolve({ description: 'NoopTable', addBatch: () => Promise.resolve(), stop: () => Promise.resolve() }),
};
