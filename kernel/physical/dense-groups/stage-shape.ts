/** Which stages aggregate into dense groups. */
import type { Stage } from '../stage.ts';
import { denseShape, type DenseShape } from './shape.ts';

/** The same on all threads: what partial results look like follows from the stage. */
export function denseShapeOf({ operators, sink }: Pick<Stage, 'operators' | 'sink'>): DenseShape | undefined {
  if (sink.kind !== 'aggregate') return undefined;
  const keys = sink.keys.map((key) => key.spec);
  const accumulators = sink.accumulators.map((accumulator) => accumulator.spec);
  const index = keys.findIndex((key) => key.role === 'pane');
  if (index < 0) return denseShape(keys, accumulators, undefined);
  const window = operators.at(-1);
  const expression = sink.keys[index]?.expression;
  if (window?.kind !== 'window' || window.mode !== 'pane' || expression?.kind !== 'column') return undefined;
  if (expression.id !== window.column.id) return undefined;
  return denseShape(keys, accumulators, {
    index,
    originMicros: window.startMicros,
    paneMicros: window.paneMicros,
  });
}
